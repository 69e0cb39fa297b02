"""Whether something has happened: `Whether Something Happened(Y/N)`."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations

from vstreamqa.build.mini.ask.candidate import NO, YES, Candidate
from vstreamqa.build.mini.ask.moment import Moment


def appeared(moment: Moment) -> Iterator[Candidate]:
    """Ask whether somebody has appeared: those in view, those who have left, and those never seen."""
    for who, visits in moment.visits.items():
        yield _appeared(who, YES, (visits[-1].enter, min(visits[-1].leave, moment.time)))
    for who in moment.unseen:
        yield _appeared(who, NO, (0, moment.time))


def met(moment: Moment) -> Iterator[Candidate]:
    """Ask whether two were in view at the same time, both of whom have been seen."""
    for one, other in permutations(moment.visits, 2):
        pair = frozenset((one, other))
        if pair not in moment.meetings:
            yield _met(one, other, NO, (0, moment.time))
        elif (meeting := moment.meetings[pair]) is not None:
            yield _met(one, other, YES, (meeting.start, min(meeting.end, moment.time)))


def _appeared(who: str, answer: str, evidence: tuple[int, int]) -> Candidate:
    text = f"Has the {who} appeared so far?"
    return Candidate(text=text, answer=answer, evidence=evidence, key=answer, names=(who,))


def _met(one: str, other: str, answer: str, evidence: tuple[int, int]) -> Candidate:
    text = f"Have the {one} and the {other} been on screen together so far?"
    return Candidate(text=text, answer=answer, evidence=evidence, key=answer, names=(one, other))
