"""What a horizon stream is asked: the same questions at every age of what answers them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from random import Random

import msgspec

from vstreamqa.build.mini.annotate import make_question
from vstreamqa.build.mini.ask import event, order, recall
from vstreamqa.build.mini.ask.balance import Balance
from vstreamqa.build.mini.ask.candidate import NO, YES, Candidate
from vstreamqa.build.mini.ask.choose import Chosen, Slot
from vstreamqa.build.mini.ask.kinds import Kind
from vstreamqa.build.mini.ask.moment import Moment
from vstreamqa.build.mini.horizon.roles import Roles
from vstreamqa.build.mini.names import CHARACTERS
from vstreamqa.build.mini.world import SECOND, World
from vstreamqa.errors import VStreamQAError
from vstreamqa.evidence import AGES
from vstreamqa.schema import Question, Stream

_CERTAIN = SECOND
"""How long after its evidence has ended a question can first be asked."""

PRESENCE = Kind("appeared", "Presence", "yes_no", 0.25, event.appeared)
COLOUR = Kind("colour past", "Colour", "open", 0.25, recall.colour_past)
COUNTING = Kind("count visits", "Counting", "count", 0.25, recall.count_visits)
BEFORE = Kind("came before", "Order", "yes_no", 0.125, order.came_before_ever)
FIRST = Kind("which first", "Order", "open", 0.125, order.which_first_ever)

_ORDERS = ((BEFORE, YES), (BEFORE, NO), (FIRST, "named first"), (FIRST, "named last"))
"""What is asked of the order in every stream, about another two each time."""


@dataclass(frozen=True, slots=True)
class Item:
    """A question that is asked at every age.

    Attributes:
        kind: of which kind it is.
        names: who or what is named in it: picks it from its kind's candidates.
        end: when what answers it has ended, ms; for whoever never came, when that of its opposite has.
    """

    kind: Kind
    names: tuple[str, ...]
    end: int

    def time(self, age: int) -> int:
        """Return when it is asked at an age in seconds, ms; 0 stands for as soon as it is certain."""
        return self.end + max(age * SECOND, _CERTAIN)

    def candidate(self, moment: Moment) -> Candidate:
        """Return the question with its answer at a moment."""
        for one in self.kind.candidates(moment):
            if one.names == self.names:
                return one
        raise VStreamQAError(f"{self.kind.name} of {self.names} cannot be asked at {moment.time} ms")


def plan_items(worlds: Sequence[World], roles: Sequence[Roles], rng: Random) -> list[list[Item]]:
    """Say what every stream is asked; the orders are balanced over all of them."""
    balance = Balance()
    return [
        [*_about_single_ones(world, part), *_orders(world, part, balance, rng)]
        for world, part in zip(worlds, roles, strict=True)
    ]


def ask(items: Sequence[Item], world: World, number: int, stream: Stream) -> Iterator[Question]:
    """Yield the questions of a stream in time order; each carries its age.

    Raises:
        VStreamQAError: an answer changes with the age: the world is not made for it.
    """
    times = sorted({item.time(age) for item in items for age in AGES})
    moments = {time: Slot(number, place, Moment(world, time)) for place, time in enumerate(times)}
    wanted = ((item.time(age), at, age) for at, item in enumerate(items) for age in AGES)
    first: dict[int, Candidate] = {}
    for time, at, age in sorted(wanted):
        candidate = items[at].candidate(moments[time].moment)
        before = first.setdefault(at, candidate)
        if candidate.answer != before.answer:
            raise VStreamQAError(f"{candidate.text} has another answer at {time} ms")
        question = make_question(Chosen(moments[time], items[at].kind, candidate), stream)
        yield msgspec.structs.replace(question, age=age)


def _about_single_ones(world: World, roles: Roles) -> Iterator[Item]:
    gone = {visit.who: visit.leave for visit in world.visits if visit.who in roles.times}
    for present, absent in zip(roles.present, roles.absent, strict=True):
        yield Item(PRESENCE, (present,), gone[present])
        yield Item(PRESENCE, (absent,), gone[present])
    for who, action in roles.actions.items():
        yield Item(COLOUR, (CHARACTERS[who].shape, action), gone[who])
    yield from (Item(COUNTING, (who,), gone[who]) for who in roles.times)


def _orders(world: World, roles: Roles, balance: Balance, rng: Random) -> Iterator[Item]:
    after = Moment(world, world.settings.last)
    asked: set[frozenset[str]] = set()
    for kind, key in _ORDERS:
        offers = [
            one
            for one in kind.candidates(after)
            if one.key == key and set(one.names) <= roles.times.keys() and frozenset(one.names) not in asked
        ]
        rng.shuffle(offers)
        best = min(offers, key=_rank(kind, balance))
        balance.add(kind.name, best, _cues(best))
        asked.add(frozenset(best.names))
        yield Item(kind, best.names, best.evidence[1])


def _rank(kind: Kind, balance: Balance) -> Callable[[Candidate], tuple[int, ...]]:
    return lambda one: balance.rank(kind.name, one, _cues(one))


def _cues(candidate: Candidate) -> tuple[str, ...]:
    return tuple(f"{name} named {place}" for place, name in enumerate(candidate.names))
