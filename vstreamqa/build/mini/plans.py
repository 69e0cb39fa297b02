"""The four configs of the suite: which worlds they show, as what media, and when they ask."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from vstreamqa.build.mini.ask.choose import Quota
from vstreamqa.build.mini.ask.moment import Moment
from vstreamqa.build.mini.layout import make_world
from vstreamqa.build.mini.randomness import draws
from vstreamqa.build.mini.world import SECOND, Split, World, WorldSettings

VERSION = 2
"""Raised whenever the same seed would give other annotations, pictures or files."""
SEED = 20240612
"""Of the worlds the suite shows."""

IMAGES_PER_SHOT = 3

NOISE = 3.0
"""Of every picture of the suite, grey levels."""

_WISHES = (1, 2, 0, 1)
"""How many characters are to be in view at one moment after another, as far as the world allows."""
_EARLIER = 4 * SECOND
"""How far before its due time a moment may lie."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigPlan:
    """One config.

    Attributes:
        name: of the config.
        unit: `second` makes video files, `keyframe` folders of images.
        first_index: index of its first world; no two configs share a world.
        streams: number of streams.
        lengths: the lengths its worlds may have, in seconds or keyframes.
        moments: moments of a stream at which questions are asked; a single one is the stream's end.
        quota: how many questions there are, at most.
        size: edge of the square picture, pixels.
    """

    name: str
    unit: Literal["second", "keyframe"]
    first_index: int
    streams: int
    lengths: Sequence[int]
    moments: int
    quota: Quota
    size: int = 96


CONFIGS: Mapping[str, ConfigPlan] = {
    plan.name: plan
    for plan in (
        ConfigPlan(
            name="rvs-ego",
            unit="second",
            first_index=0,
            streams=10,
            lengths=(60,),
            moments=6,
            quota=Quota(stream=20, moment=5),
        ),
        ConfigPlan(
            name="rvs-movie",
            unit="keyframe",
            first_index=1000,
            streams=8,
            lengths=range(54, 67, IMAGES_PER_SHOT),
            moments=6,
            quota=Quota(stream=20, moment=5),
        ),
        ConfigPlan(
            name="vs-ego",
            unit="second",
            first_index=2000,
            streams=24,
            lengths=range(20, 31),
            moments=1,
            quota=Quota(stream=5, moment=5),
        ),
        ConfigPlan(
            name="vs-movie",
            unit="keyframe",
            first_index=3000,
            streams=20,
            lengths=range(21, 31, IMAGES_PER_SHOT),
            moments=1,
            quota=Quota(stream=5, moment=5),
        ),
    )
}


def plan_streams(plan: ConfigPlan, split: Split, seed: int) -> list[tuple[World, list[Moment]]]:
    """Return every world of a config with the moments at which it is asked about, in time order."""
    return [_plan_stream(plan, split, seed, number) for number in range(plan.streams)]


def _plan_stream(plan: ConfigPlan, split: Split, seed: int, number: int) -> tuple[World, list[Moment]]:
    index = plan.first_index + number
    lengths = list(plan.lengths)
    draws(split, seed, index, "lengths").shuffle(lengths)
    worlds = [make_world(split, seed, index, _settings(plan, length)) for length in lengths]
    if plan.moments == 1:
        end = _nearest_to_wish((Moment(world, world.settings.last) for world in worlds), number)
        return end.world, [end]
    return worlds[0], _spread(worlds[0], plan.moments, number)


def _settings(plan: ConfigPlan, length: int) -> WorldSettings:
    shot = IMAGES_PER_SHOT if plan.unit == "keyframe" else 1
    return WorldSettings(length=length, unit=plan.unit, size=plan.size, shot=shot, noise=NOISE)


def _spread(world: World, number: int, offset: int) -> list[Moment]:
    """Spread moments over a world, each at or a little before the end of its part."""
    step = SECOND // 2 if world.settings.unit == "second" else SECOND
    chance = draws(world.split, world.seed, world.index, "moments")
    moments = []
    for i in range(number):
        due = world.settings.last * (i + 1) // number // SECOND * SECOND
        times = list(range(due - _EARLIER, due + 1, step))
        chance.shuffle(times)
        moments.append(_nearest_to_wish((Moment(world, time) for time in times), offset + i))
    return moments


def _nearest_to_wish(moments: Iterable[Moment], turn: int) -> Moment:
    """Return the first moment at which as many are in view as it is the turn of; else the first certain one."""
    wish = _WISHES[turn % len(_WISHES)]
    return min(moments, key=lambda moment: _distance(moment, wish))


def _distance(moment: Moment, wish: int) -> int:
    if moment.present is None or moment.stay is None:
        return 9
    return abs(len(moment.present) - wish)
