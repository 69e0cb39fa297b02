"""Every two raters of some runs side by side: how far they agree."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from vstreamqa.agreeing.raters import LABELS, Answers
from vstreamqa.errors import UserError
from vstreamqa.schema import RowKey
from vstreamqa.scoring.agreement import Agreement, agreement


@dataclass(frozen=True, slots=True)
class Group:
    """Some of the answers that two raters have judged.

    Attributes:
        name: what they have in common.
        level: `all`, `decider`, `run`, `config` or `category`.
        agreement: of the two.
    """

    name: str
    level: str
    agreement: Agreement


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Two raters.

    Attributes:
        first: name of the one.
        second: name of the other.
        groups: all the answers first, then those that a judge and that a rule decided (where one rater is a
            person), of every run, config and category, where there are several.
        ruled: further answers that both leave to a rule.
        missing: answers of which one or both have no verdict.
    """

    first: str
    second: str
    groups: tuple[Group, ...]
    ruled: int
    missing: int


@dataclass(frozen=True, slots=True)
class _Couple:
    run: str
    config: str
    source: str
    category: str | None
    decider: str
    first: bool
    second: bool


def compare_raters(answers: Sequence[Answers], *, control: str | None = None) -> list[Comparison]:
    """Compare every two raters that have judged answers of the same run.

    Where a judge or a person is one of the two, only rows count that one of them decided: what rules say of the
    others says nothing of a judge. Two rules are compared on all rows.

    Args:
        answers: of the runs.
        control: the arm that is looked at; None for the model itself.

    Raises:
        UserError: no run has two raters, or no run has this arm.
    """
    if not any(key[3] == control for one in answers for key in one.questions):
        raise UserError(f"--control {control}: none of these runs has that arm")
    names = list(dict.fromkeys(name for one in answers for name in one.raters))
    found = [
        _compare(first, second, both, control)
        for first, second in combinations(names, 2)
        if (both := [one for one in answers if first in one.raters and second in one.raters])
    ]
    if not found:
        raise UserError(
            f"only one scoring is there ({', '.join(names)}); score a run with another judge too, or give --labels"
        )
    return found


def _compare(first: str, second: str, both: Sequence[Answers], control: str | None) -> Comparison:
    given = [_Given.of(one, first, second, control) for one in both]
    by_judge = any(one.judged for one in given)
    counted = [one.judged if by_judge else one.keys for one in given]
    couples = [couple for one, keys in zip(both, counted, strict=True) for couple in _couples(one, first, second, keys)]
    asked = sum(map(len, counted))
    return Comparison(
        first=first,
        second=second,
        groups=tuple(_groups(couples)),
        ruled=sum(len(one.keys) for one in given) - asked,
        missing=asked - len(couples),
    )


@dataclass(frozen=True, slots=True)
class _Given:
    """The rows that two raters were both given, and those of them that one decided who is no rule."""

    keys: list[RowKey]
    judged: list[RowKey]

    @classmethod
    def of(cls, one: Answers, first: str, second: str, control: str | None) -> _Given:
        raters = one.raters[first], one.raters[second]
        keys = [key for key in one.questions if key[3] == control and all(key in rater.verdicts for rater in raters)]
        return cls(keys, [key for key in keys if any(key in rater.judged for rater in raters)])


def _couples(one: Answers, first: str, second: str, keys: Iterable[RowKey]) -> Iterator[_Couple]:
    by_judge = {key for name in (first, second) if name != LABELS for key in one.raters[name].judged}
    for key in keys:
        said = one.raters[first].verdicts[key], one.raters[second].verdicts[key]
        if said[0] is not None and said[1] is not None:
            question = one.questions[key]
            yield _Couple(
                run=one.label,
                config="/".join(key[:2]),
                source=question.source_id,
                category=question.category,
                decider="decided by a judge" if key in by_judge else "decided by a rule",
                first=said[0],
                second=said[1],
            )


def _groups(couples: Sequence[_Couple]) -> Iterator[Group]:
    yield Group("all answers", "all", _agreement(couples))
    yield from _split("decider", couples, lambda one: one.decider)
    yield from _split("run", couples, lambda one: one.run)
    yield from _split("config", couples, lambda one: one.config)
    some = [one for one in couples if one.category is not None]
    yield from _split("category", some, lambda one: f"{one.config}: {one.category}")


def _split(level: str, couples: Sequence[_Couple], name: Callable[[_Couple], str]) -> Iterator[Group]:
    """Yield a group for each name, unless there is only one."""
    names = sorted({name(one) for one in couples})
    if len(names) > 1:
        yield from (Group(each, level, _agreement([one for one in couples if name(one) == each])) for each in names)


def _agreement(couples: Sequence[_Couple]) -> Agreement:
    return agreement([one.first for one in couples], [one.second for one in couples], [one.source for one in couples])
