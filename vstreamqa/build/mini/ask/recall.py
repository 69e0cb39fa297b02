"""What is to be kept in mind however long ago it was: the colour of something seen once, and how often somebody came.

These kinds are no part of `KINDS`: the configs that are named as those of VStream-QA ask other things.
"""

from __future__ import annotations

from collections.abc import Iterator

from vstreamqa.build.mini.ask.candidate import Candidate
from vstreamqa.build.mini.ask.moment import Moment
from vstreamqa.build.mini.names import CHARACTERS
from vstreamqa.build.mini.world import SECOND, Visit


def colour_past(moment: Moment) -> Iterator[Candidate]:
    """Ask for the colour of the only one of its shape that has done something, and which has left."""
    alike: dict[tuple[str, str], list[Visit]] = {}
    for visit in moment.begun:
        alike.setdefault((CHARACTERS[visit.who].shape, visit.action), []).append(visit)
    for (shape, action), visits in alike.items():
        if len(visits) == 1 and visits[0].leave <= moment.time - SECOND:
            colour = CHARACTERS[visits[0].who].colour
            yield Candidate(
                text=f"What colour was the {shape} that was {action}?",
                answer=colour,
                evidence=(visits[0].enter, visits[0].leave),
                key=colour,
                names=(shape, action),
            )


def count_visits(moment: Moment) -> Iterator[Candidate]:
    """Ask how often somebody has come into view, of everybody who has been seen."""
    for who, visits in moment.visits.items():
        number = str(len(visits))
        yield Candidate(
            text=f"How many times has the {who} appeared so far?",
            answer=number,
            evidence=(visits[0].enter, min(visits[-1].leave, moment.time)),
            key=number,
            names=(who,),
        )
