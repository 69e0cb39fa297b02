"""What somebody does or did: `Action Caption`."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations

from vstreamqa.build.mini.ask.candidate import Candidate
from vstreamqa.build.mini.ask.moment import Moment
from vstreamqa.build.mini.names import ACTIONS


def action_now(moment: Moment) -> Iterator[Candidate]:
    """Ask what somebody in view is doing."""
    for visit in moment.present or ():
        yield Candidate(
            text=f"What is the {visit.who} doing now?",
            answer=visit.action,
            evidence=(visit.enter, moment.time),
            key=visit.action,
            names=(visit.who,),
        )


def action_past(moment: Moment) -> Iterator[Candidate]:
    """Ask what somebody was doing who has left."""
    for who, visit in moment.gone.items():
        yield Candidate(
            text=f"What was the {who} doing when it was last seen?",
            answer=visit.action,
            evidence=(visit.enter, visit.leave),
            key=visit.action,
            names=(who,),
        )


def action_choice(moment: Moment) -> Iterator[Candidate]:
    """Ask the same with all actions as options, in every order."""
    for who, visit in moment.gone.items():
        for options in permutations(ACTIONS):
            index = options.index(visit.action)
            yield Candidate(
                text=f"Which of these was the {who} doing when it was last seen?",
                answer=visit.action,
                evidence=(visit.enter, visit.leave),
                key=str(index),
                names=(who,),
                options=options,
                answer_index=index,
            )
