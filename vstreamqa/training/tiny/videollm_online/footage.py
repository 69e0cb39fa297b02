"""Training worlds, and what the trained tower makes of their frames."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

import torch
from torch import Tensor

from vstreamqa.build.mini import World, WorldSettings, make_world
from vstreamqa.build.mini.randomness import draws
from vstreamqa.models.videollm_online.network import Network
from vstreamqa.training.tiny.footage import watch
from vstreamqa.training.tiny.videollm_online.dialogues import frame_times

_SHORTEST, _LONGEST = 20, 66
_KEYFRAMES = 0.3
_TOGETHER = 32


@dataclass(frozen=True, slots=True)
class Footage:
    """A world and its frames.

    Attributes:
        world: the world.
        features: frame tokens, [frames, tokens, dim].
    """

    world: World
    features: Tensor


def training_world(seed: int, index: int, size: int) -> World:
    """Make a world of the split `train` of one of the kinds and lengths that the suite has."""
    chance = draws("train", seed, index, "settings")
    length = chance.randint(_SHORTEST, _LONGEST)
    if chance.random() < _KEYFRAMES:
        shot = 3
        return make_world(
            "train",
            seed,
            index,
            WorldSettings(length=length // shot * shot, unit="keyframe", size=size, shot=shot, noise=3.0),
        )
    return make_world("train", seed, index, WorldSettings(length=length, size=size, noise=3.0))


def take_footage(network: Network, seed: int, first: int, count: int) -> Iterator[Footage]:
    """Yield so many training worlds with their frames, encoded by the tower as it is."""
    for index in range(first, first + count):
        world = training_world(seed, index, network.tower.image_size)
        yield Footage(world, encode(network, world, draws("train", seed, index, "footage")))


@torch.no_grad()
def encode(network: Network, world: World, chance: Random) -> Tensor:
    """Watch a world and return its frame tokens, [frames, tokens, dim]."""
    pictures = torch.from_numpy(watch(world, frame_times(world), chance))
    return torch.cat([network.frame_tokens(part) for part in torch.split(pictures, _TOGETHER)])
