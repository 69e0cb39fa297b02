"""Make the timeline of a world: first the rooms, then who visits them, then who that is and what they do."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from random import Random

from vstreamqa.build.mini.names import ACTIONS, CHARACTERS
from vstreamqa.build.mini.paths import walk
from vstreamqa.build.mini.randomness import draws
from vstreamqa.build.mini.slots import RoomPlan, Slot, make_stays, plan_rooms, plan_slots
from vstreamqa.build.mini.world import SECOND, Meeting, Split, Visit, World, WorldSettings

LARGEST_CAST = 10
"""Of twelve characters, so that there are always two who never appear."""

_ENTER = (50, 300)
_LEAVE = (400, 650)


def make_world(split: Split, seed: int, index: int, settings: WorldSettings) -> World:
    """Make one world; the same arguments always give the same one.

    Nobody visits twice as long as there are unseen characters in the cast, so short worlds have no second visits;
    in long ones the first appearances are spread over the whole length.
    """
    rng = draws(split, seed, index, "layout")
    rooms, slots = plan_visits(rng, settings)
    visits = tuple(make_visit(rng, slot, who) for slot, who in zip(slots, _cast(rng, slots), strict=True))
    stays = make_stays(rng, rooms, settings)
    return World(
        split=split,
        seed=seed,
        index=index,
        settings=settings,
        stays=stays,
        visits=visits,
        meetings=meetings_of(visits),
    )


def plan_visits(rng: Random, settings: WorldSettings) -> tuple[list[RoomPlan], list[Slot]]:
    """Return the rooms, and in time order where in them somebody is in view before the world ends."""
    rooms = list(plan_rooms(rng, settings))
    slots = sorted((slot for room in rooms for slot in plan_slots(rng, *room)), key=lambda slot: slot.first)
    return rooms, [slot for slot in slots if slot.first < settings.last // SECOND]


def make_visit(rng: Random, slot: Slot, who: str, actions: Sequence[str] = ACTIONS) -> Visit:
    """Let somebody take a slot, and do one of some actions there."""
    enter = (slot.first - 1) * SECOND + rng.randint(*_ENTER)
    leave = slot.last * SECOND + rng.randint(*_LEAVE)
    path, faces = walk(rng, slot.lane, enter, leave, slot.meets)
    return Visit(who, rng.choice(actions), slot.room, enter, leave, path, faces)


def meetings_of(visits: Sequence[Visit]) -> tuple[Meeting, ...]:
    """Return who meets: no more than two are ever in view, so only neighbours can."""
    return tuple(Meeting(a, b) for a, b in pairwise(visits) if b.enter < a.leave)


def _cast(rng: Random, slots: list[Slot]) -> list[str]:
    """Say who takes each slot: new faces at random moments, known ones otherwise."""
    unseen = rng.sample(sorted(CHARACTERS), min(len(slots), LARGEST_CAST))
    debuts = set(rng.sample(range(1, len(slots)), len(unseen) - 1)) | {0} if slots else set()
    names: list[str] = []
    for i, slot in enumerate(slots):
        busy = {name for name, other in zip(names, slots[:i], strict=True) if not slot.is_apart(other)}
        known = sorted(set(names) - busy)
        names.append(unseen.pop() if (i in debuts or not known) and unseen else rng.choice(known))
    return names
