"""The whole training of a tiny VideoLLM-online, from nothing to a checkpoint."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import torch

from vstreamqa.models.videollm_online.network import Network
from vstreamqa.models.videollm_online.stream_tokenizer import BOS, EOS
from vstreamqa.models.videollm_online.tokenizer import StreamTokenizer
from vstreamqa.training.tiny.videollm_online.course import Course, Stage
from vstreamqa.training.tiny.videollm_online.footage import Footage, take_footage
from vstreamqa.training.tiny.videollm_online.language import Pupil, train_language
from vstreamqa.training.tiny.videollm_online.network import new_network, write_checkpoint
from vstreamqa.training.tiny.videollm_online.tower import train_tower
from vstreamqa.training.tiny.videollm_online.words import mini_tokenizer


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """How much of everything.

    Attributes:
        tower_steps: optimiser steps of the tower.
        tower_batch: frames a step.
        tower_rate: its highest learning rate.
        course: of connector and language model.
    """

    tower_steps: int = 2400
    tower_batch: int = 64
    tower_rate: float = 1.5e-3
    course: Course = field(default_factory=Course)


def train(out: Path, *, seed: int, recipe: Recipe, tell: Callable[[str], None]) -> None:
    """Train and write a checkpoint in the released format, on the CPU.

    Args:
        out: folder to write; it must not exist.
        seed: of worlds, weights and order.
        recipe: how much of everything.
        tell: takes lines about progress.
    """
    drawn = mini_tokenizer()
    tokenizer = StreamTokenizer(mini_tokenizer(), bos=BOS, eos=EOS)
    network = new_network(drawn, seed=seed)
    train_tower(
        network.tower,
        steps=recipe.tower_steps,
        batch=recipe.tower_batch,
        rate=recipe.tower_rate,
        seed=seed,
        tell=tell,
    )
    _round(network.tower)
    shelves = [_shelf(network, seed, stage, tell) for stage in recipe.course.stages]
    train_language(Pupil(network, tokenizer), shelves, recipe.course, seed=seed, tell=tell)
    write_checkpoint(network, drawn, out)


def _shelf(network: Network, seed: int, stage: Stage, tell: Callable[[str], None]) -> list[Footage]:
    tell(f"watching {stage.worlds} worlds of {stage.lengths[0]} to {stage.lengths[1]}")
    return list(take_footage(network, seed, range(stage.first_world, stage.first_world + stage.worlds), stage.lengths))


@torch.no_grad()
def _round(module: torch.nn.Module) -> None:
    """Round weights as the file will: what comes after is to learn from what the tower will really say."""
    for parameter in module.parameters():
        parameter.copy_(parameter.to(torch.bfloat16))
