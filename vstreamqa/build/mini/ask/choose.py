"""Choose a config's questions so that nothing but the video tells the answers.

Every kind gets its share. Within a kind the keys (answers, or the place of the right one) come up equally often, and so
do they beside every cue (a name in the question, the moment it is asked at): a constant, a frequent answer or a habit
of the wording wins nothing. Chosen greedily, the rarest kinds first; draws break ties.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from random import Random

from vstreamqa.build.mini.ask.balance import Balance
from vstreamqa.build.mini.ask.candidate import NO, YES, Candidate
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
    kept = [one for kind in KINDS for one in _halved(taken.chosen, kind)]
    return sorted(kept, key=lambda one: (one.slot.stream, one.slot.place))


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
    balance: Balance = field(default_factory=Balance)

    def has_room(self, offer: Chosen) -> bool:
        slot = offer.slot
        asked, asked_now = self.streams[slot.stream], self.moments[slot.stream, slot.place]
        return asked < self.quota.stream and asked_now < self.quota.moment

    def is_new(self, offer: Chosen) -> bool:
        return _subject(offer) not in self.asked

    def rank(self, offer: Chosen) -> tuple[int, ...]:
        rank = self.balance.rank(offer.kind.name, offer.candidate, _cues(offer))
        return (*rank, self.streams[offer.slot.stream])

    def take(self, offer: Chosen) -> None:
        self.balance.add(offer.kind.name, offer.candidate, _cues(offer))
        self.chosen.append(offer)
        self.streams[offer.slot.stream] += 1
        self.moments[offer.slot.stream, offer.slot.place] += 1
        self.asked.add(_subject(offer))


def _subject(offer: Chosen) -> tuple[int, str, frozenset[str]]:
    """Return what a question is about: asked of a stream once, or once at each moment if it names nobody."""
    names = offer.candidate.names or (str(offer.slot.place),)
    return offer.slot.stream, offer.kind.name, frozenset(names)


def _cues(offer: Chosen) -> tuple[str, ...]:
    """Return what a reader sees who sees no video: who is named where, and when it is asked."""
    named = (f"{name} named {place}" for place, name in enumerate(offer.candidate.names))
    return (*named, f"moment {offer.slot.place}")


def _choose_kind(offers: Iterable[Chosen], wanted: int, taken: _Taken, rng: Random) -> None:
    open_offers = list(offers)
    rng.shuffle(open_offers)
    for _ in range(wanted):
        open_offers = [offer for offer in open_offers if taken.has_room(offer) and taken.is_new(offer)]
        if not open_offers:
            return
        taken.take(min(open_offers, key=taken.rank))


def _halved(chosen: Sequence[Chosen], kind: Kind) -> list[Chosen]:
    """Return the questions of a kind; of a yes/no kind as many with either answer, the last ones left out."""
    asked = [one for one in chosen if one.kind is kind]
    if kind.format != "yes_no":
        return asked
    yes, no = ([one for one in asked if one.candidate.answer == answer] for answer in (YES, NO))
    half = min(len(yes), len(no))
    return yes[:half] + no[:half]
