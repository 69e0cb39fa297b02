"""The whole training of a tiny Flash-VStream, from nothing to a checkpoint."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

import torch
from torch import Tensor

from vstreamqa.build.mini import SECOND
from vstreamqa.build.mini.randomness import draws
from vstreamqa.models.flash_vstream.network import Network
from vstreamqa.models.flash_vstream.tokenizer import TextTokenizer
from vstreamqa.training.tiny.flash_vstream.alignment import align
from vstreamqa.training.tiny.flash_vstream.decoder import Lesson, Pupil
from vstreamqa.training.tiny.flash_vstream.exercises import Exercises, Teacher
from vstreamqa.training.tiny.flash_vstream.facts import Facts, facts_at
from vstreamqa.training.tiny.flash_vstream.memories import Watching, remember
from vstreamqa.training.tiny.flash_vstream.network import new_network, write
from vstreamqa.training.tiny.flash_vstream.tower import tower_footage, train_tower
from vstreamqa.training.tiny.flash_vstream.words import mini_tokenizer
from vstreamqa.training.tiny.footage import Pictures

Tell = Callable[[str], None]

SHORT = Watching(streams=800, lengths=(18, 66), moments=5, policies=("official", "repaired"), first_world=0)
LONG = Watching(streams=100, lengths=(90, 300), moments=8, policies=("repaired",), first_world=100_000)
_LONG_SHARE = 0.2
_EASY_SHARE = 0.15
_EASY = 30 * SECOND


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """How much of everything.

    Attributes:
        frames: that the tower learns from.
        tower_steps: of 32 frames.
        alignment_steps: of 512 frames.
        answer_steps: of eight memories with twenty questions each.
        rate: highest learning rate of the answers.
        short: streams of which most memories are made.
        long: streams of those that are looked back upon from further away.
    """

    frames: int = 60_000
    tower_steps: int = 5000
    alignment_steps: int = 1500
    answer_steps: int = 2400
    rate: float = 2e-3
    short: Watching = SHORT
    long: Watching = LONG


def train(out: Path, *, seed: int, recipe: Recipe, tell: Tell) -> Network:
    """Train and write a checkpoint in the released format.

    Args:
        out: folder to write; it must be empty or not exist.
        seed: of worlds, weights and order.
        recipe: how much of everything.
        tell: takes lines about progress.
    """
    network = new_network(seed)
    tokenizer = TextTokenizer(mini_tokenizer())
    tell("taking pictures for the tower")
    pictures, labels = tower_footage(seed, recipe.frames, network.tower)
    train_tower(network.tower, pictures, labels, steps=recipe.tower_steps, seed=seed, tell=tell)
    align(network, tokenizer, mean_tokens(network, pictures), labels, steps=recipe.alignment_steps, seed=seed)
    del pictures
    teacher = Teacher(tokenizer, bos=network.config.bos_token_id, eos=2)
    chance = draws("train", seed, "answers")
    short, long = (lessons(network, teacher, seed, watching, tell) for watching in (recipe.short, recipe.long))
    easy = [lesson for lesson in short if lesson.memory.moment.time <= _EASY]
    before = round(_EASY_SHARE * recipe.answer_steps)

    def choose(step: int, chance: Random) -> Sequence[Lesson]:
        if step < before:  # while a memory still holds every frame
            return chance.choices(easy, k=8)
        return [chance.choice(long if chance.random() < _LONG_SHARE else short) for _ in range(8)]

    torch.manual_seed(seed)
    pupil = Pupil(network=network, teacher=teacher)
    pupil.train(choose, steps=recipe.answer_steps, rate=recipe.rate, chance=chance, tell=tell)
    write(network, out)
    return network


def lessons(network: Network, teacher: Teacher, seed: int, watching: Watching, tell: Tell) -> list[Lesson]:
    """Watch streams and set exercises about what is remembered of them."""
    tell(f"watching {watching.streams} streams of {watching.lengths[0]} to {watching.lengths[1]}")
    chance = draws("train", seed, watching.first_world, "exercises")
    set_: dict[tuple[int, int], tuple[Exercises, Facts]] = {}
    learned = []
    for memory in remember(network, seed, watching):
        moment = memory.moment
        # Every policy remembers the same moments, about which the same is asked.
        key = moment.world.index, moment.time
        if key not in set_:
            set_[key] = teacher.at(moment, chance), facts_at(moment)
        learned.append(Lesson(memory, *set_[key]))
    return learned


@torch.inference_mode()
def mean_tokens(network: Network, pictures: Pictures) -> Tensor:
    """Return the mean token of every picture, float32 [pictures, dim]."""
    with torch.autocast("cpu", dtype=torch.bfloat16):
        parts = [network.features(some).mean(dim=1) for some in torch.split(torch.from_numpy(pictures), 64)]
    return torch.cat(parts).float()
