"""The whole training of a tiny VideoLLM-online, from nothing to a checkpoint."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import torch

from vstreamqa.models.videollm_online.stream_tokenizer import BOS, EOS
from vstreamqa.models.videollm_online.tokenizer import StreamTokenizer
from vstreamqa.training.tiny.videollm_online.footage import SHORT, take_footage
from vstreamqa.training.tiny.videollm_online.language import Course, Pupil, train_language
from vstreamqa.training.tiny.videollm_online.network import new_network, write_checkpoint
from vstreamqa.training.tiny.videollm_online.tower import train_tower
from vstreamqa.training.tiny.videollm_online.words import mini_tokenizer

FIRST_SHORT = 200_000
"""Index of the first of the short worlds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """How much of everything.

    Attributes:
        tower_steps: optimiser steps of the tower.
        tower_batch: frames a step.
        tower_rate: its highest learning rate.
        short: short worlds that the dialogues are about.
        long: long ones.
        course: of connector and language model.
    """

    tower_steps: int = 2400
    tower_batch: int = 64
    tower_rate: float = 1.5e-3
    short: int = 1500
    long: int = 600
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
    tell(f"watching {recipe.short} short and {recipe.long} long worlds")
    short = list(take_footage(network, seed, range(FIRST_SHORT, FIRST_SHORT + recipe.short), SHORT))
    long = list(take_footage(network, seed, range(recipe.long)))
    train_language(Pupil(network, tokenizer), short, long, recipe.course, seed=seed, tell=tell)
    write_checkpoint(network, drawn, out)


@torch.no_grad()
def _round(module: torch.nn.Module) -> None:
    """Round weights as the file will: what comes after is to learn from what the tower will really say."""
    for parameter in module.parameters():
        parameter.copy_(parameter.to(torch.bfloat16))
