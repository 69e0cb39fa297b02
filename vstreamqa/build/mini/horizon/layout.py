"""Make the world of a horizon stream: a first act that is asked about, then half an hour of others who come and go."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from vstreamqa.build.mini.horizon.roles import Roles
from vstreamqa.build.mini.layout import make_visit, meetings_of, plan_visits
from vstreamqa.build.mini.randomness import draws
from vstreamqa.build.mini.slots import Slot, make_stays
from vstreamqa.build.mini.world import SECOND, Split, Visit, World, WorldSettings
from vstreamqa.evidence import AGES

FIRST_INDEX = 4000
"""Index of the first world. Those of `narration` have the same ones, but other layouts: they share no timeline."""
SIZE, NOISE = 96, 3.0

_FIRST_ACT = 300
"""Seconds that are planned for the first act; it takes about a minute, and the rest is cut off."""


def make_horizon_world(split: Split, seed: int, number: int, roles: Roles) -> World:
    """Make the world of one stream; the same arguments always give the same one.

    Args:
        split: `train` and `test` worlds share no randomness.
        seed: of a family of worlds.
        number: of the stream.
        roles: who does what in it.
    """
    index = FIRST_INDEX + number
    rng = draws(split, seed, index, "horizon layout")
    rooms, slots = plan_visits(rng, _settings(_FIRST_ACT + AGES[-1]))
    acts = sum(roles.times.values())
    settings = _settings(max(slot.last for slot in slots[:acts]) + 1 + AGES[-1])
    seen = [slot for slot in slots if slot.first < settings.last // SECOND]
    names = [*_first_act(rng, slots[:acts], roles), *_others(rng, seen[acts:], roles)]
    visits = _visits(rng, seen, names, roles)
    return World(
        split=split,
        seed=seed,
        index=index,
        settings=settings,
        stays=make_stays(rng, [room for room in rooms if room[1] <= settings.last // SECOND], settings),
        visits=visits,
        meetings=meetings_of(visits),
    )


def _settings(length: int) -> WorldSettings:
    return WorldSettings(length=length, size=SIZE, noise=NOISE)


def _first_act(rng: Random, slots: Sequence[Slot], roles: Roles) -> list[str]:
    """Say who takes the first slots, each as often as wanted and seen to go in between.

    Some order always does: nobody comes more than three times, and a slot is apart from the third one after it.
    """
    names = [who for who, times in roles.times.items() for _ in range(times)]
    while True:
        rng.shuffle(names)
        if all(
            slot.is_apart(other)
            for i, slot in enumerate(slots)
            for before, other in zip(names[:i], slots[:i], strict=True)
            if before == names[i]
        ):
            return names


def _others(rng: Random, slots: Sequence[Slot], roles: Roles) -> list[str]:
    last: dict[str, Slot] = {}
    names = []
    for slot in slots:
        who = rng.choice([who for who in roles.others if who not in last or slot.is_apart(last[who])])
        last[who] = slot
        names.append(who)
    return names


def _visits(rng: Random, slots: Sequence[Slot], names: Sequence[str], roles: Roles) -> tuple[Visit, ...]:
    final = {who: at for at, who in enumerate(names) if who in roles.actions}
    return tuple(
        make_visit(rng, slot, who, (roles.actions[who],) if final.get(who) == at else roles.free_actions(who))
        for at, (slot, who) in enumerate(zip(slots, names, strict=True))
    )
