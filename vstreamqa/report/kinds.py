"""Accuracy by kind of answer, for VStream-QA in layouts that do not say what kind of question each is.

Half of RVS-Ego asks for yes or no, which a constant answer meets half of the time: an accuracy over all questions says
little about open ones.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal, get_args

from vstreamqa.report.entries import Entry, arms, correctness
from vstreamqa.schema import PlanRow, Record, Verdict
from vstreamqa.scoring.golds import accepted_answers
from vstreamqa.scoring.polarity import PolarGold, polar_golds, right_polarity
from vstreamqa.scoring.statistics import Interval, accuracy_interval, by_source

SUITES = ("vstream-qa", "flash-vstream", "rekv")
"""VStream-QA, and what files of answers to it are called that do not name their suite."""

Kind = Literal["yes/no", "yes/no and more", "yes/no and more, polarity alone", "open"]
KINDS: tuple[Kind, ...] = get_args(Kind)


class KindRow(Record, frozen=True, kw_only=True):
    """How right one arm was on the questions of one kind.

    Attributes:
        suite: name of the suite.
        config: name of the config.
        control: None for the model itself.
        kind: `yes/no`: the gold is no more than that; `yes/no and more`: content follows, and both must be right;
            `polarity alone`: the same questions without their content; `open`: all others.
        n_expected: how many questions there are.
        accuracy: a fraction from 0 to 1; None while any is unjudged.
        interval: at 95 %, over source videos; None from a single one.
        interval_method: how it was made.
        clusters: number of source videos.
    """

    suite: str
    config: str
    control: str | None
    kind: Kind
    n_expected: int
    accuracy: float | None
    interval: tuple[float, float] | None
    interval_method: str | None
    clusters: int


def kind_rows(plan: Sequence[PlanRow], verdicts: Sequence[Verdict], *, strict: bool = True) -> list[KindRow]:
    """Return the rows of every arm of VStream-QA's configs without categories, kind by kind.

    Args:
        plan: every planned question.
        verdicts: what became of the answers.
        strict: they follow the strict rule; no other reads polarities, which then have no figure of their own.
    """
    uncategorised = [row for row in plan if row.suite in SUITES and row.question.format in ("open", "yes_no")]
    told = {row.config for row in uncategorised if row.question.category is not None}
    found = arms([row for row in uncategorised if row.config not in told], (), verdicts)
    return [row for entries in found.values() for row in _arm(entries, strict=strict)]


def _arm(entries: Sequence[Entry], *, strict: bool) -> Iterator[KindRow]:
    golds = [polar_golds(accepted_answers(entry.row.question)) for entry in entries]
    bare = [entry for entry, some in zip(entries, golds, strict=True) if some and not _has_content(some)]
    more = [(entry, some) for entry, some in zip(entries, golds, strict=True) if some and _has_content(some)]
    rest = [entry for entry, some in zip(entries, golds, strict=True) if not some]
    yield from _row(bare, "yes/no")
    yield from _row([entry for entry, _ in more], "yes/no and more")
    yield from _polarity_row(more if strict else ())
    yield from _row(rest, "open")


def _has_content(golds: Sequence[PolarGold]) -> bool:
    return all(gold.content for gold in golds)


def _row(entries: Sequence[Entry], kind: Kind) -> Iterator[KindRow]:
    if entries:
        found = correctness(entries)
        yield _made(entries, kind, found.accuracy, found.interval, found.clusters)


def _polarity_row(more: Sequence[tuple[Entry, Sequence[PolarGold]]]) -> Iterator[KindRow]:
    if more:
        right = [right_polarity(golds, entry.verdict) for entry, golds in more]
        clusters = by_source(right, [entry.row.question.source_id for entry, _ in more])
        entries = [entry for entry, _ in more]
        yield _made(
            entries, "yes/no and more, polarity alone", clusters.accuracy, accuracy_interval(clusters), len(clusters)
        )


def _made(
    entries: Sequence[Entry], kind: Kind, accuracy: float | None, interval: Interval | None, clusters: int
) -> KindRow:
    first = entries[0]
    return KindRow(
        suite=first.row.suite,
        config=first.row.config,
        control=first.control,
        kind=kind,
        n_expected=len(entries),
        accuracy=accuracy,
        interval=(interval.low, interval.high) if interval else None,
        interval_method=interval.method if interval else None,
        clusters=clusters,
    )
