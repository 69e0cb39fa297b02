"""Teach a vision tower to tell what a frame shows, from its pooled token and from its patches.

The patches learn where what they show is: without that, the pooled token has to find out on its own what in a picture
matters, which takes far longer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy

from vstreamqa.build.mini import CHARACTERS, ROOMS, World, WorldSettings, make_world
from vstreamqa.build.mini.randomness import draws
from vstreamqa.models.videollm_online.vision import VisionTower, normalise
from vstreamqa.training.tiny.descent import Descent
from vstreamqa.training.tiny.doings import DOINGS
from vstreamqa.training.tiny.footage import Pictures, watch
from vstreamqa.training.tiny.videollm_online.sightings import NOBODY, Sightings, joined, sightings

FIRST_WORLD = 1_000_000
"""Worlds for the tower have other indices than those the dialogues are about."""

_LENGTH = 60
_PER_WORLD = 8
_WITH_VISIT = 0.75
_AROUND = 700


class FrameHeads(nn.Module):
    """Linear readings of a frame; thrown away when the tower has learned."""

    def __init__(self, dim: int) -> None:
        super().__init__()
        self.doings = nn.Linear(dim, DOINGS)
        self.names = nn.Linear(dim, len(CHARACTERS))
        self.rooms = nn.Linear(dim, len(ROOMS))
        self.patches = nn.Linear(dim, DOINGS + 1)

    def loss(self, patches: Tensor, pooled: Tensor, shown: Sightings) -> Tensor:
        """Return the loss on some frames, a scalar.

        Args:
            patches: their patch tokens, [frames, patches, dim].
            pooled: their pooled tokens, [frames, dim].
            shown: what they show.
        """
        doings = binary_cross_entropy_with_logits(self.doings(pooled), shown.doings, reduction="sum")
        names = binary_cross_entropy_with_logits(self.names(pooled), shown.names, reduction="sum")
        places = cross_entropy(
            self.patches(patches).flatten(0, 1), shown.patch_doings.flatten(), ignore_index=NOBODY, reduction="none"
        )
        # Nine in ten patches show nobody; those that show somebody weigh as much together.
        somebody = (shown.patch_doings.flatten() != DOINGS) & (shown.patch_doings.flatten() != NOBODY)
        weighed = places[somebody].mean() + places[~somebody].mean() if somebody.any() else places.mean()
        return (doings + names) / len(pooled) + cross_entropy(self.rooms(pooled), shown.rooms) + weighed


def train_tower(
    tower: VisionTower, *, steps: int, batch: int, rate: float, seed: int, tell: Callable[[str], None]
) -> None:
    """Train a tower on frame labels.

    Args:
        tower: what learns.
        steps: optimiser steps.
        batch: frames a step; each is seen once.
        rate: highest learning rate.
        seed: of the worlds and of the readings' weights.
        tell: takes lines about progress.
    """
    torch.manual_seed(seed)
    heads = FrameHeads(tower.dim)
    descent = Descent([*tower.parameters(), *heads.parameters()], rate=rate, steps=steps)
    for step, (pictures, shown) in enumerate(frame_batches(tower, steps, batch, seed)):
        patches, pooled = tower(normalise(torch.from_numpy(pictures)))
        loss = heads.loss(patches, pooled, shown)
        descent.step(loss)
        if step % 100 == 99:
            tell(f"tower: step {step + 1} of {steps}, loss {loss.item():.3f}, {_exact(heads, pooled, shown):.0%} right")


def frame_batches(tower: VisionTower, steps: int, batch: int, seed: int) -> Iterator[tuple[Pictures, Sightings]]:
    """Yield so many batches of frames of ever new worlds, and what they show."""
    side = round(tower.embeddings.num_patches**0.5)
    settings = WorldSettings(length=_LENGTH, size=tower.image_size, noise=3.0)
    worlds = -(-batch // _PER_WORLD)
    for step in range(steps):
        pictures, shown = [], []
        for number in range(step * worlds, (step + 1) * worlds):
            world = make_world("train", seed, FIRST_WORLD + number, settings)
            chance = draws("train", seed, number, "tower")
            times = [_moment(world, chance) for _ in range(_PER_WORLD)]
            pictures.append(watch(world, times, chance))
            shown.append(sightings(world, times, side))
        yield np.concatenate(pictures), joined(shown)


def _moment(world: World, chance: Random) -> int:
    """Draw a time, more often than not one at which somebody is in view, comes or goes."""
    last = world.settings.last
    if not world.visits or chance.random() >= _WITH_VISIT:
        return chance.randrange(last)
    visit = chance.choice(world.visits)
    return min(max(0, chance.randint(visit.enter - _AROUND // 2, visit.leave + _AROUND // 2)), last - 1)


def _exact(heads: FrameHeads, pooled: Tensor, shown: Sightings) -> float:
    with torch.no_grad():
        said = heads.doings(pooled) > 0
    return float((said == (shown.doings > 0)).all(dim=1).float().mean())
