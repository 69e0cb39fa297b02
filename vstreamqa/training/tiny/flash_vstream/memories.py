"""Streams turned into memories by the memory the evaluation uses."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import Literal

import torch
from torch import Tensor

from vstreamqa.build.mini import SECOND, Moment, World, WorldSettings, make_world
from vstreamqa.build.mini.randomness import draws
from vstreamqa.models.flash_vstream.memory import MemoryState, StreamingMemory
from vstreamqa.models.flash_vstream.network import Network
from vstreamqa.models.flash_vstream.repaired import RepairedMemory
from vstreamqa.models.shared.draws import SeededDraws
from vstreamqa.training.tiny.footage import watch

Policy = Literal["official", "repaired"]
POLICIES: dict[Policy, Callable[..., StreamingMemory | RepairedMemory]] = {
    "official": StreamingMemory,
    "repaired": RepairedMemory,
}
_EARLIEST = 6
_NOISE = 3.0


@dataclass(frozen=True, slots=True)
class Remembered:
    """A memory at a moment.

    Attributes:
        moment: the world up to it.
        policy: whose arithmetic it has.
        parts: abstract, temporal, and retrieved with current tokens, each float16 [tokens, dim].
    """

    moment: Moment
    policy: Policy
    parts: tuple[Tensor, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Watching:
    """Which streams are watched, and how often they are looked back upon.

    Attributes:
        streams: how many.
        lengths: shortest and longest, seconds or keyframes.
        moments: how often each is looked back upon; the last time at its end.
        policies: the memories that watch each.
        first_world: index of the first.
    """

    streams: int
    lengths: tuple[int, int]
    moments: int
    policies: Sequence[Policy]
    first_world: int


@torch.inference_mode()
def remember(network: Network, seed: int, watching: Watching) -> Iterator[Remembered]:
    """Watch streams of training worlds and yield what is remembered of each at some moments."""
    for index in range(watching.first_world, watching.first_world + watching.streams):
        chance = draws("train", seed, index, "watching")
        world = make_world("train", seed, index, _settings(watching, network.tower.image_size, chance))
        times = sorted([*_times(world, watching.moments - 1, chance), world.settings.last])
        seconds = range(world.settings.last // SECOND + 1)
        pictures = torch.from_numpy(watch(world, [second * SECOND for second in seconds], chance))
        with torch.autocast("cpu", dtype=torch.bfloat16):
            features = torch.cat([network.features(some) for some in torch.split(pictures, 32)])
        frames = network.frames(features.float())
        for policy in watching.policies:
            yield from _look_back(network, policy, world, times, frames, index)


def _look_back(
    network: Network, policy: Policy, world: World, times: Sequence[int], frames: Tensor, seed: int
) -> Iterator[Remembered]:
    memory = POLICIES[policy](network.config.memory_sizes, network.attention, SeededDraws(seed))
    seen = 0
    for time in times:
        for frame in frames[seen : time // SECOND + 1]:
            memory.update(frame[None])
        seen = time // SECOND + 1
        yield Remembered(Moment(world, time), policy, _parts(memory.state))


def _parts(state: MemoryState) -> tuple[Tensor, ...]:
    return tuple(part.flatten(0, 1).half() for part in (state.abstract, state.temporal, state.current))


def _settings(watching: Watching, size: int, chance: Random) -> WorldSettings:
    length = chance.randint(*watching.lengths)
    if chance.random() < 0.5:
        return WorldSettings(length=length, size=size, noise=_NOISE)
    return WorldSettings(length=length - length % 3, unit="keyframe", shot=3, size=size, noise=_NOISE)


def _times(world: World, count: int, chance: Random) -> Iterator[int]:
    step = SECOND // 2 if world.settings.unit == "second" else SECOND
    for _ in range(count):
        yield chance.randrange(_EARLIEST * SECOND, world.settings.last, step)
