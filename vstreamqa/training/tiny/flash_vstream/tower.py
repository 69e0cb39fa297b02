"""Teach a vision tower to tell what a frame shows, from the mean of its patch tokens.

The mean is what the memory keeps of a frame at its coarsest, and what survives when the memory averages frames: what
can be read from it linearly can still be read from a cluster.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from random import Random

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy, mse_loss

from vstreamqa.build.mini import ROOMS, SECOND, World, WorldSettings, make_world
from vstreamqa.build.mini.randomness import draws
from vstreamqa.models.flash_vstream.vision import VisionTower
from vstreamqa.models.shared.normalisation import Normalisation
from vstreamqa.training.tiny.descent import Descent
from vstreamqa.training.tiny.doings import DOINGS
from vstreamqa.training.tiny.flash_vstream.labels import (
    BINS,
    MINUTES,
    SECONDS_PER_BIN,
    TRAITS,
    Labels,
    joined,
    labels_at,
)
from vstreamqa.training.tiny.footage import Pictures, watch

_BATCH = 32
_RATE = 2e-3
_LONGEST = 1800
_PER_WORLD = 48
_SOMEBODY = 0.8
_NOBODY = 0.05
"""Weight of patches without anybody, of which there are most."""
_FIRST_WORLD = 1_000_000
"""Worlds for the tower have other indices than those the questions are about."""


class FrameHeads(nn.Module):
    """Linear readings of a frame's mean token, and one of every patch; thrown away when the tower has learned."""

    def __init__(self, dim: int) -> None:
        super().__init__()
        self.doings = nn.Linear(dim, DOINGS)
        self.rooms = nn.Linear(dim, len(ROOMS))
        self.bins = nn.Linear(dim, BINS)
        self.seconds = nn.Linear(dim, 1)
        self.minutes = nn.Linear(dim, MINUTES)
        self.traits = nn.ModuleList(nn.Linear(dim, 1 + len(kinds)) for kinds in TRAITS)

    def loss(self, patches: Tensor, labels: Labels, rows: Tensor) -> Tensor:
        """Return the loss on some frames, a scalar.

        Args:
            patches: their patch tokens, [rows, patches, dim].
            labels: of all frames.
            rows: which of them, int64 [rows].
        """
        picked, tokens = rows.numpy(), patches.mean(dim=1)
        seconds = torch.from_numpy(labels.seconds[picked])
        doings = binary_cross_entropy_with_logits(self.doings(tokens), torch.from_numpy(labels.doings[picked]))
        return (
            self._traits_loss(patches.flatten(0, 1), torch.from_numpy(labels.patches[picked]).flatten(0, 1))
            # Of the many pairs hardly any is ever in view: without its weight their loss would be lost in the others.
            + DOINGS / 2 * doings
            + cross_entropy(self.rooms(tokens), torch.from_numpy(labels.rooms[picked]))
            + 0.5 * cross_entropy(self.bins(tokens), (seconds / SECONDS_PER_BIN).long())
            + 4.0 * mse_loss(self.seconds(tokens).squeeze(1), seconds / 30 - 1)
            + 0.25 * cross_entropy(self.minutes(tokens), torch.from_numpy(labels.minutes[picked]))
        )

    def _traits_loss(self, patches: Tensor, traits: Tensor) -> Tensor:
        """Return the loss on who is seen in single patches: where things are is learned sooner than what they are."""
        loss = patches.new_zeros(())
        for head, kind in zip(self.traits, traits.T, strict=True):
            logits = head(patches)
            weights = torch.ones(logits.shape[1])
            weights[0] = _NOBODY
            loss = loss + cross_entropy(logits, kind, weights)
        return loss


def tower_footage(seed: int, frames: int, tower: VisionTower) -> tuple[Pictures, Labels]:
    """Take frames at random seconds of worlds of many lengths, and say what they show."""
    size, side = tower.image_size, math.isqrt(tower.feature_shape[0])
    pictures: list[Pictures] = []
    labels: list[Labels] = []
    for number in range(-(-frames // _PER_WORLD)):
        chance = draws("train", seed, number, "tower")
        length = chance.choice((30, 60, 60, 60, 300, _LONGEST))
        world = make_world("train", seed, _FIRST_WORLD + number, WorldSettings(length=length, size=size, noise=3.0))
        seconds = [_second(world, chance) for _ in range(_PER_WORLD)]
        pictures.append(watch(world, [second * SECOND for second in seconds], chance))
        labels.append(labels_at(world, seconds, side))
    return np.concatenate(pictures), joined(labels)


def _second(world: World, chance: Random) -> int:
    """Draw a second of a world, mostly one at which somebody is in view."""
    last = world.settings.last // SECOND
    if chance.random() > _SOMEBODY:
        return chance.randint(0, last)
    first, until = chance.choice(world.visits).settled
    return chance.randint(first // SECOND, min(until // SECOND, last))


def train_tower(
    tower: VisionTower,
    pictures: Pictures,
    labels: Labels,
    *,
    steps: int,
    seed: int,
    tell: Callable[[str], None],
) -> None:
    """Train a tower on frame labels.

    Args:
        tower: what learns.
        pictures: uint8 [frames, size, size, 3].
        labels: of all of them.
        steps: optimiser steps.
        seed: of the readings' weights and the order.
        tell: takes lines about progress.
    """
    torch.manual_seed(seed)
    normalise, heads = Normalisation(), FrameHeads(tower.feature_shape[1])
    descent = Descent([*tower.parameters(), *heads.parameters()], rate=_RATE, steps=steps)
    for step, rows in enumerate(_batches(len(pictures), steps, seed)):
        with torch.autocast("cpu", dtype=torch.bfloat16):
            tokens = tower(normalise(torch.from_numpy(pictures[rows.numpy()])))
        loss = heads.loss(tokens.float(), labels, rows)
        descent.step(loss)
        if step % 100 == 99 or step in (0, steps - 1):
            tell(f"tower: step {step + 1} of {steps}, loss {loss.item():.3f}")


def _batches(count: int, steps: int, seed: int) -> Iterator[Tensor]:
    generator = torch.Generator().manual_seed(seed)
    for _ in range(steps):
        yield torch.randint(count, (_BATCH,), generator=generator)
