"""Choose a config's questions so that nothing but the video tells the answers.

Every kind gets its share. Within a kind the keys (answers, or the place of the right one) come up equally often, and so
do they beside every cue (a name in the question, the moment it is asked at): a constant, a frequent answer or a habit
of the wording wins nothing. Chosen greedily, the rarest kinds first; draws break ties.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from random import Random

from vstreamqa.build.mini.ask.candidate import Candidate
from vstreamqa.build.mini.ask.event import YES
from vstreamqa.build.mini.ask.kinds import KINDS, Kind
from vstreamqa.build.mini.ask.moment import Moment


@dataclass(frozen=True, slots=True)
class Slot:
    """A moment of a stream at which questions can be asked.

    Attributes:
        stream: number of the stream in its config.
        place: number of the moment in its stream.
        moment: the world up to it.
    """

    stream: int
    place: int
    moment: Moment


@dataclass(frozen=True, slots=True)
class Chosen:
    """A question that is asked."""

    slot: Slot
    kind: Kind
    candidate: Candidate


@dataclass(frozen=True, slots=True)
class Quota:
    """How many questions there is room for, at most: in a stream, and at one moment."""

    stream: int
    moment: int


def choose(slots: Sequence[Slot], quota: Quota, rng: Random) -> list[Chosen]:
    """Choose up to `quota.stream` questions for every stream, in the order of their moments.

    Fewer are chosen where a world is too short to ask more; yes/no kinds are always exactly half yes, half no.
    """
    streams = len({slot.stream for slot in slots})
    offers = {kind.name: [Chosen(s, kind, c) for s in slots for c in kind.candidates(s.moment)] for kind in KINDS}
    taken = _Taken(quota)
    for kind in sorted(KINDS, key=lambda kind: len(offers[kind.name])):
        _choose_kind(offers[kind.name], _wanted(kind, streams * quota.stream), taken, rng)
    return sorted(_balanced(taken.chosen), key=lambda chosen: (chosen.slot.stream, chosen.slot.place))


def _wanted(kind: Kind, total: int) -> int:
    # Even, so that where there are two keys each can have its half.
    return 2 * round(kind.share * total / 2)


@dataclass
class _Taken:
    """What has been chosen so far, and how often everything that matters has come up."""

    quota: Quota
    chosen: list[Chosen] = field(default_factory=list)
    streams: Counter[int] = field(default_factory=Counter)
    moments: Counter[tuple[int, int]] = field(default_factory=Counter)
    asked: set[tuple[int, str, frozenset[str]]] = field(default_factory=set)

    def has_room(self, offer: Chosen) -> bool:
        slot = offer.slot
        return (
            self.streams[slot.stream] < self.quota.stream and self.moments[slot.stream, slot.place] < self.quota.moment
        )

    def is_new(self, offer: Chosen) -> bool:
        return _subject(offer) not in self.asked

    def take(self, offer: Chosen) -> None:
        self.chosen.append(offer)
        self.streams[offer.slot.stream] += 1
        self.moments[offer.slot.stream, offer.slot.place] += 1
        self.asked.add(_subject(offer))


def _subject(offer: Chosen) -> tuple[int, str, frozenset[str]]:
    """Return what a question is about: asked of a stream once, or once at each moment if it names nobody."""
    names = offer.candidate.names or (str(offer.slot.place),)
    return offer.slot.stream, offer.kind.name, frozenset(names)


@dataclass
class _Seen:
    """How often keys, answers and cues have come up within one kind."""

    keys: Counter[str] = field(default_factory=Counter)
    answers: Counter[str] = field(default_factory=Counter)
    beside: Counter[tuple[str, str]] = field(default_factory=Counter)
    cues: Counter[str] = field(default_factory=Counter)

    def rank(self, offer: Chosen) -> tuple[int, ...]:
        """Return how little an offer would help the balance: the smallest is taken."""
        candidate = offer.candidate
        cues = _cues(offer)
        return (
            self.keys[candidate.key],
            sum(self.beside[cue, candidate.key] for cue in cues),
            self.answers[candidate.answer],
            sum(self.cues[cue] for cue in cues),
        )

    def add(self, offer: Chosen) -> None:
        candidate = offer.candidate
        self.keys[candidate.key] += 1
        self.answers[candidate.answer] += 1
        for cue in _cues(offer):
            self.cues[cue] += 1
            self.beside[cue, candidate.key] += 1


def _cues(offer: Chosen) -> tuple[str, ...]:
    """Return what a reader sees who sees no video: who is named where, and when it is asked."""
    named = (f"{name} named {place}" for place, name in enumerate(offer.candidate.names))
    return (*named, f"moment {offer.slot.place}")


def _choose_kind(offers: Iterable[Chosen], wanted: int, taken: _Taken, rng: Random) -> None:
    open_offers = list(offers)
    rng.shuffle(open_offers)
    seen = _Seen()
    for _ in range(wanted):
        open_offers = [offer for offer in open_offers if taken.has_room(offer) and taken.is_new(offer)]
        best = min(open_offers, key=lambda o: (*seen.rank(o), taken.streams[o.slot.stream]), default=None)
        if best is None:
            return
        seen.add(best)
        taken.take(best)


def _balanced(chosen: Iterable[Chosen]) -> list[Chosen]:
    """Leave out the last of what a yes/no kind has too many of."""
    left: Counter[tuple[str, str]] = Counter()
    chosen = list(chosen)
    counts = Counter((c.kind.name, c.candidate.answer == YES) for c in chosen if c.kind.format == "yes_no")
    kept = []
    for one in chosen:
        name = one.kind.name
        half = min(counts[name, True], counts[name, False]) if one.kind.format == "yes_no" else math.inf
        left[name, one.candidate.answer] += 1
        if left[name, one.candidate.answer] <= half:
            kept.append(one)
    return kept
