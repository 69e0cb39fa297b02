"""Make the timeline of a world: first the rooms, then who visits them, then who that is and what they do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from random import Random

from vstreamqa.build.mini.names import ACTIONS, CHARACTERS, ROOMS
from vstreamqa.build.mini.paths import Lane, walk
from vstreamqa.build.mini.randomness import draws
from vstreamqa.build.mini.world import SECOND, Meeting, Split, Stay, Visit, World, WorldSettings

LARGEST_CAST = 10
"""Of twelve characters, so that there are always two who never appear."""

_CUT = (100, 600)
_ENTER = (50, 300)
_LEAVE = (400, 650)


def make_world(split: Split, seed: int, index: int, settings: WorldSettings) -> World:
    """Make one world; the same arguments always give the same one.

    Nobody visits twice as long as there are unseen characters in the cast, so short worlds have no second visits;
    in long ones the first appearances are spread over the whole length.
    """
    rng = draws(split, seed, index, "layout")
    rooms = list(_rooms(rng, settings))
    slots = sorted((slot for room in rooms for slot in _slots(rng, *room)), key=lambda slot: slot.first)
    seen = [slot for slot in slots if slot.first < settings.last // SECOND]
    visits = tuple(_visit(rng, slot, who) for slot, who in zip(seen, _cast(rng, seen), strict=True))
    return World(
        split=split,
        seed=seed,
        index=index,
        settings=settings,
        stays=_stays(rng, rooms, settings),
        visits=visits,
        # No more than two are ever in view, so only neighbours can meet.
        meetings=tuple(Meeting(a, b) for a, b in pairwise(visits) if b.enter < a.leave),
    )


@dataclass(frozen=True, slots=True)
class _Slot:
    """Room for one visit: the whole seconds from `first` to `last` in which it is in view."""

    room: str
    first: int
    last: int
    lane: Lane
    meets: tuple[int, int] | None = None


def _rooms(rng: Random, settings: WorldSettings) -> Iterator[tuple[str, int, int]]:
    """Yield each room with its first and last whole second, until the world is full."""
    first, before = 0, ""
    while first <= settings.last // SECOND:
        room = rng.choice([room for room in ROOMS if room != before])
        stay = rng.randint(*settings.room)
        after = first + stay + -stay % settings.shot
        yield room, first, after - 1
        first, before = after, room


def _stays(rng: Random, rooms: list[tuple[str, int, int]], settings: WorldSettings) -> tuple[Stay, ...]:
    cuts = [0, *((first - 1) * SECOND + rng.randint(*_CUT) for _, first, _ in rooms[1:]), settings.duration]
    return tuple(Stay(room, start, end) for (room, _, _), (start, end) in zip(rooms, pairwise(cuts), strict=True))


def _slots(rng: Random, room: str, first: int, last: int) -> Iterator[_Slot]:
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


def _single(rng: Random, room: str, first: int) -> _Slot:
    return _Slot(room, first, first + rng.randint(3, 7), "middle")


def _pair(rng: Random, room: str, first: int) -> list[_Slot]:
    stays = rng.randint(4, 7)
    joins = first + rng.randint(2, stays - 2)
    last, joined_last = first + stays, joins + rng.randint(3, 6)
    lanes: list[Lane] = ["left", "right"]
    rng.shuffle(lanes)
    meets = (joins, min(last, joined_last))
    pair = [_Slot(room, first, last, lanes[0], meets), _Slot(room, joins, joined_last, lanes[1], meets)]
    return sorted(pair, key=lambda slot: slot.last)


def _cast(rng: Random, slots: list[_Slot]) -> list[str]:
    """Say who takes each slot: new faces at random moments, known ones otherwise."""
    unseen = rng.sample(sorted(CHARACTERS), min(len(slots), LARGEST_CAST))
    debuts = set(rng.sample(range(1, len(slots)), len(unseen) - 1)) | {0} if slots else set()
    names: list[str] = []
    for i, slot in enumerate(slots):
        busy = {name for name, other in zip(names, slots[:i], strict=True) if other.last + 2 >= slot.first}
        known = sorted(set(names) - busy)
        names.append(unseen.pop() if (i in debuts or not known) and unseen else rng.choice(known))
    return names


def _visit(rng: Random, slot: _Slot, who: str) -> Visit:
    enter = (slot.first - 1) * SECOND + rng.randint(*_ENTER)
    leave = slot.last * SECOND + rng.randint(*_LEAVE)
    path, faces = walk(rng, slot.lane, enter, leave, slot.meets)
    return Visit(who, rng.choice(ACTIONS), slot.room, enter, leave, path, faces)
