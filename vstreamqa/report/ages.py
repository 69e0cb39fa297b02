"""Accuracy by the age of the evidence: how long ago what answers a question ended when it was asked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from vstreamqa.evidence import rung_of
from vstreamqa.report.entries import Entry, arms, categories, correctness, was_asked
from vstreamqa.schema import PlanRow, Record, Unit, Verdict
from vstreamqa.scoring.speaking.listened import has_events


class AgeRow(Record, frozen=True, kw_only=True):
    """How right one arm was on the questions of one age. Accuracies are fractions from 0 to 1.

    Attributes:
        suite: name of the suite.
        config: name of the config.
        category: None for all of the config's.
        control: None for the model itself.
        age: the rung of the ladder, in `unit`s: from this one to just below the next.
        unit: what the age counts.
        given: the suite gives its questions their ages; otherwise they follow from the evidence.
        n_expected: how many questions of this age were planned.
        accuracy: share of them that was answered right; None while any is unjudged or, in a run that is not finished,
            has no row yet: what was asked so far are the first streams, and no sample of an age.
        interval: at 95 %, over source videos; None from a single one.
        interval_method: how it was made.
        clusters: number of source videos.
    """

    suite: str
    config: str
    category: str | None
    control: str | None
    age: int
    unit: Unit
    given: bool
    n_expected: int
    accuracy: float | None
    interval: tuple[float, float] | None
    interval_method: str | None
    clusters: int


def age_rows(plan: Sequence[PlanRow], verdicts: Sequence[Verdict]) -> list[AgeRow]:
    """Return the rows of every arm, age by age: first of all categories together, then of each.

    Questions of no known age are in none of them, nor are proactive ones, which have no accuracy; a config that has no
    others has no rows.
    """
    return [row for entries in arms(plan, (), verdicts).values() for row in _arm(entries)]


def _arm(entries: Sequence[Entry]) -> Iterator[AgeRow]:
    yield from _rows(entries, None)
    for category in categories(entries):
        yield from _rows([entry for entry in entries if entry.row.question.category == category], category)


def _rows(entries: Sequence[Entry], category: str | None) -> Iterator[AgeRow]:
    by_rung: dict[tuple[int, Unit], list[Entry]] = {}
    for entry in entries:
        unit = entry.row.stream.unit
        rung = None if has_events(entry.row) else rung_of(entry.row.question, unit)
        if rung is not None:
            by_rung.setdefault((rung, unit), []).append(entry)
    for (rung, unit), some in sorted(by_rung.items()):
        # Without their verdicts the entries of a rung that was not asked to its end are unjudged.
        whole = all(map(was_asked, some))
        found, first = correctness(some if whole else [replace(entry, verdict=None) for entry in some]), some[0]
        yield AgeRow(
            suite=first.row.suite,
            config=first.row.config,
            category=category,
            control=first.control,
            age=rung,
            unit=unit,
            given=all(entry.row.question.age is not None for entry in some),
            n_expected=len(some),
            accuracy=found.accuracy,
            interval=(found.interval.low, found.interval.high) if found.interval else None,
            interval_method=found.interval.method if found.interval else None,
            clusters=found.clusters,
        )
