"""Somebody who looks at a world once a second and answers from what was on those pictures alone."""

from __future__ import annotations

import re
from dataclasses import dataclass

from vstreamqa.build.mini import CHARACTERS, SECOND, World
from vstreamqa.build.mini.render import place


@dataclass(frozen=True)
class Glance:
    """What one picture shows: the room, and who does what fully in view; `blurred` if anybody is half in view."""

    time: int
    room: str
    doing: dict[str, str]
    blurred: bool


def watch(world: World, until: int) -> list[Glance]:
    """Look at every whole second up to a time."""
    return [_look(world, time) for time in range(0, until + 1, SECOND)]


def _look(world: World, time: int) -> Glance:
    places = {visit: place(visit, time) for visit in world.visits if visit.path[0].time <= time < visit.path[-1].time}
    inside = {visit.who: visit.action for visit, (x, _) in places.items() if 0.15 <= x <= 0.85}
    room = next(stay.room for stay in reversed(world.stays) if stay.start <= time)
    return Glance(time, room, inside, len(inside) != len(places))


def answer(glances: list[Glance], question: str) -> str:
    """Answer a question of the mini world."""
    names = [word for word in re.findall(r"\w+", question) if word in CHARACTERS]
    last = glances[-1]
    seen = [glance for glance in glances if names and names[0] in glance.doing]
    if question == "Which room is shown now?":
        return last.room
    if question.startswith("Which room was"):
        return seen[-1].room
    if question.startswith("What colour was"):
        return _colour_of_the_only(glances, *re.findall(r"the (\w+) that was (\w+)", question)[0])
    if question.startswith("How many times"):
        times = [glance.time for glance in seen]
        return str(sum(time - SECOND not in times for time in times))
    if question.startswith("What colour"):
        (who,) = last.doing
        return CHARACTERS[who].colour
    if question.startswith("How many"):
        return str(len(last.doing))
    if " doing now" in question:
        return last.doing[names[0]]
    if " doing when it was last seen" in question:
        return seen[-1].doing[names[0]]
    if question.startswith("Has the"):
        return "Yes" if seen else "No"
    if question.startswith("Have the"):
        return "Yes" if any(set(names) <= set(glance.doing) for glance in glances) else "No"
    order = sorted(names, key=lambda who: next(glance.time for glance in glances if who in glance.doing))
    if question.startswith("Did the"):
        return "Yes" if order == names else "No"
    return order[0] if question.startswith("Which appeared first") else ", ".join(order)


def _colour_of_the_only(glances: list[Glance], shape: str, action: str) -> str:
    done = {who for glance in glances for who, doing in glance.doing.items() if doing == action}
    (colour,) = {CHARACTERS[who].colour for who in done if CHARACTERS[who].shape == shape}
    return colour
