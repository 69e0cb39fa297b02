"""What a narrator says while a world is shown: who comes in and what it does, at the moment it can be seen."""

from __future__ import annotations

from dataclasses import dataclass

from vstreamqa.build.mini.paths import SLIDE
from vstreamqa.build.mini.world import SECOND, World


@dataclass(frozen=True, slots=True)
class Narration:
    """Something to be said.

    Attributes:
        time: from when on all of it can be seen, ms; in a world of keyframes, the first keyframe that shows it.
        end: when it has gone, ms; past the world's end if it stays.
        text: one short sentence.
    """

    time: int
    end: int
    text: str


def narrate(world: World) -> tuple[Narration, ...]:
    """Return one narration for every visit, in time order; visits that come into view after the end have none."""
    said = (Narration(_seen(world, v.enter + SLIDE), v.leave, f"The {v.who} is {v.action}.") for v in world.visits)
    return tuple(sorted((one for one in said if one.time <= world.settings.last), key=lambda one: one.time))


def _seen(world: World, time: int) -> int:
    return time if world.settings.unit == "second" else -(-time // SECOND) * SECOND
