"""Where we are and what is to be seen: `Scene Summary`."""

from __future__ import annotations

from collections.abc import Iterator

from vstreamqa.build.mini.ask.candidate import Candidate
from vstreamqa.build.mini.ask.moment import Moment
from vstreamqa.build.mini.names import CHARACTERS
from vstreamqa.build.mini.world import SECOND


def room_now(moment: Moment) -> Iterator[Candidate]:
    """Ask which room is shown."""
    if moment.stay is not None:
        yield Candidate(
            text="Which room is shown now?",
            answer=moment.stay.room,
            evidence=(moment.stay.start, moment.time),
            key=moment.stay.room,
        )


def room_past(moment: Moment) -> Iterator[Candidate]:
    """Ask for the room somebody was in who has left, and which has left the screen as well."""
    for who, visit in moment.gone.items():
        if moment.stay is not None and moment.stay.room != visit.room:
            yield Candidate(
                text=f"Which room was the {who} in when it was last seen?",
                answer=visit.room,
                evidence=(visit.enter, visit.leave),
                key=visit.room,
                names=(who,),
            )


def colour_now(moment: Moment) -> Iterator[Candidate]:
    """Ask for the colour of the only character in view."""
    if moment.present is not None and len(moment.present) == 1:
        (visit,) = moment.present
        colour = CHARACTERS[visit.who].colour
        yield Candidate(
            text="What colour is the character on screen now?",
            answer=colour,
            evidence=(visit.enter, moment.time),
            key=colour,
        )


def count_now(moment: Moment) -> Iterator[Candidate]:
    """Ask how many characters are in view: none, one or two."""
    if moment.present is not None:
        number = str(len(moment.present))
        yield Candidate(
            text="How many characters are on screen now?",
            answer=number,
            evidence=(max(0, moment.time - SECOND), moment.time),
            key=number,
        )
