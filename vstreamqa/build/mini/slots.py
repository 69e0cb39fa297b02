"""The frame of a timeline: which rooms are shown, and where in them there is room for a visit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from random import Random

from vstreamqa.build.mini.names import ROOMS
from vstreamqa.build.mini.paths import Lane
from vstreamqa.build.mini.world import SECOND, Stay, WorldSettings

_CUT = (100, 600)

RoomPlan = tuple[str, int, int]
"""A room with the first and last whole second it is shown."""


@dataclass(frozen=True, slots=True)
class Slot:
    """Room for one visit: the whole seconds from `first` to `last` in which it is in view."""

    room: str
    first: int
    last: int
    lane: Lane
    meets: tuple[int, int] | None = None

    def is_apart(self, earlier: Slot) -> bool:
        """Say whether somebody who took an earlier slot has been gone long enough to be seen coming back."""
        return self.first > earlier.last + 2


def plan_rooms(rng: Random, settings: WorldSettings) -> Iterator[RoomPlan]:
    """Yield each room with its first and last whole second, until the world is full."""
    first, before = 0, ""
    while first <= settings.last // SECOND:
        room = rng.choice([room for room in ROOMS if room != before])
        stay = rng.randint(*settings.room)
        after = first + stay + -stay % settings.shot
        yield room, first, after - 1
        first, before = after, room


def make_stays(rng: Random, rooms: list[RoomPlan], settings: WorldSettings) -> tuple[Stay, ...]:
    """Place the cuts between rooms, each shortly before a room's first whole second."""
    cuts = [0, *((first - 1) * SECOND + rng.randint(*_CUT) for _, first, _ in rooms[1:]), settings.duration]
    return tuple(Stay(room, start, end) for (room, _, _), (start, end) in zip(rooms, pairwise(cuts), strict=True))


def plan_slots(rng: Random, room: str, first: int, last: int) -> Iterator[Slot]:
    """Fill one stay: one after the other, alone or in pairs that meet, never within a second of a cut."""
    at = first + rng.randint(1, 2)
    while True:
        group = _pair(rng, room, at) if rng.random() < 0.5 else [_single(rng, room, at)]
        if group[-1].last >= last:
            group = [_single(rng, room, at)]
        if group[0].last >= last:
            return
        yield from group
        at = max(slot.last for slot in group) + rng.randint(2, 3)


def _single(rng: Random, room: str, first: int) -> Slot:
    return Slot(room, first, first + rng.randint(3, 7), "middle")


def _pair(rng: Random, room: str, first: int) -> list[Slot]:
    stays = rng.randint(4, 7)
    joins = first + rng.randint(2, stays - 2)
    last, joined_last = first + stays, joins + rng.randint(3, 6)
    lanes: list[Lane] = ["left", "right"]
    rng.shuffle(lanes)
    meets = (joins, min(last, joined_last))
    pair = [Slot(room, first, last, lanes[0], meets), Slot(room, joins, joined_last, lanes[1], meets)]
    return sorted(pair, key=lambda slot: slot.last)
