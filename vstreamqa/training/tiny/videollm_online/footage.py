"""Training worlds, and what the trained tower makes of their frames."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from random import Random

import torch
from torch import Tensor

from vstreamqa.build.mini import World, WorldSettings, make_world
from vstreamqa.build.mini.randomness import draws
from vstreamqa.models.videollm_online.network import Network
from vstreamqa.training.tiny.footage import watch
from vstreamqa.training.tiny.videollm_online.dialogues import frame_times

LENGTHS = (20, 66)
"""Of the shortest and of the longest worlds of the suite, seconds or keyframes."""
_KEYFRAMES, _PER_SHOT = 0.3, 3
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


def training_world(seed: int, index: int, size: int, lengths: tuple[int, int] = LENGTHS) -> World:
    """Make a world of the split `train`: seconds or keyframes, as the suite has both."""
    chance = draws("train", seed, index, "settings")
    length = chance.randint(*lengths)
    settings = WorldSettings(length=length, size=size, noise=3.0)
    if chance.random() < _KEYFRAMES:
        settings = replace(settings, length=length // _PER_SHOT * _PER_SHOT, unit="keyframe", shot=_PER_SHOT)
    return make_world("train", seed, index, settings)


def take_footage(
    network: Network, seed: int, indices: Iterable[int], lengths: tuple[int, int] = LENGTHS
) -> Iterator[Footage]:
    """Yield training worlds with their frames, encoded by the tower as it is."""
    for index in indices:
        world = training_world(seed, index, network.tower.image_size, lengths)
        yield Footage(world, encode(network, world, draws("train", seed, index, "footage")))


@torch.no_grad()
def encode(network: Network, world: World, chance: Random) -> Tensor:
    """Watch a world and return its frame tokens, [frames, tokens, dim]."""
    pictures = torch.from_numpy(watch(world, frame_times(world), chance))
    return torch.cat([network.frame_tokens(part) for part in torch.split(pictures, _TOGETHER)])
