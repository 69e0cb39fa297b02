"""What came before what: `Order Judging(Y/N)` and `What event order`.

Whoever comes back is asked about by the first time it was seen, so that a second visit changes no answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations, permutations

from vstreamqa.build.mini.ask.candidate import NO, YES, Candidate
from vstreamqa.build.mini.ask.moment import Moment
from vstreamqa.build.mini.names import CHARACTERS
from vstreamqa.build.mini.world import Visit

_LONGEST_ORDER = 3


def came_before(moment: Moment) -> Iterator[Candidate]:
    """Ask whether one was first seen before another."""
    yield from _came_before(moment, _debuts(moment))


def came_before_ever(moment: Moment) -> Iterator[Candidate]:
    """Ask the same, also while one of the two is coming back."""
    yield from _came_before(moment, moment.debuts)


def which_first(moment: Moment) -> Iterator[Candidate]:
    """Ask which of two was seen first; each of them is named first once."""
    yield from _which_first(moment, _debuts(moment))


def which_first_ever(moment: Moment) -> Iterator[Candidate]:
    """Ask the same, also while one of the two is coming back."""
    yield from _which_first(moment, moment.debuts)


def _came_before(moment: Moment, debuts: Mapping[str, Visit]) -> Iterator[Candidate]:
    for one, other in permutations(debuts, 2):
        answer = YES if debuts[one].enter < debuts[other].enter else NO
        yield Candidate(
            text=f"Did the {one} first appear before the {other}?",
            answer=answer,
            evidence=_evidence(moment, [debuts[one], debuts[other]]),
            key=answer,
            names=(one, other),
        )


def _which_first(moment: Moment, debuts: Mapping[str, Visit]) -> Iterator[Candidate]:
    for one, other in permutations(debuts, 2):
        named_first = debuts[one].enter < debuts[other].enter
        right = CHARACTERS[one if named_first else other]
        yield Candidate(
            text=f"Which appeared first, the {one} or the {other}?",
            answer=right.name,
            variants=(right.spoken,),
            evidence=_evidence(moment, [debuts[one], debuts[other]]),
            key="named first" if named_first else "named last",
            names=(one, other),
        )


def which_order(moment: Moment) -> Iterator[Candidate]:
    """Ask for the order of three, named in every order."""
    debuts = _debuts(moment)
    for trio in combinations(sorted(debuts), _LONGEST_ORDER):
        right = sorted(trio, key=lambda who: debuts[who].enter)
        for one, two, three in permutations(trio):
            yield Candidate(
                text=f"In what order did the {one}, the {two} and the {three} first appear?",
                answer=", ".join(right),
                variants=_variants(right),
                evidence=_evidence(moment, [debuts[who] for who in trio]),
                key=" ".join(str((one, two, three).index(who)) for who in right),
                names=(one, two, three),
            )


def _debuts(moment: Moment) -> Mapping[str, Visit]:
    return {who: visits[0] for who, visits in moment.visits.items()}


def _evidence(moment: Moment, debuts: Sequence[Visit]) -> tuple[int, int]:
    last = max(debuts, key=lambda visit: visit.enter)
    return min(visit.enter for visit in debuts), min(last.leave, moment.time)


def _variants(right: Sequence[str]) -> tuple[str, ...]:
    spoken = [CHARACTERS[who].spoken for who in right]
    forms = [(list(right), joint) for joint in _JOINTS[1:]] + [(spoken, joint) for joint in _JOINTS]
    return tuple(joint.format(*words) for words, joint in forms)


_JOINTS = (
    "{}, {}, {}",
    "{}, {} and {}",
    "{}, {}, and {}",
    "{}, {}, then {}",
    "{}, then {}, then {}",
    "{} then {} then {}",
)
