"""VStream-QA and the other suites that a judge scores: what "accuracy" is a share of differs by script.

Flash-VStream divides by the answers that were judged, whatever the judge said; ReKV and HERMES by those on which it
said yes or no. What it failed on drops out of both, as does what was never answered: the share of all that was expected
stands beside them. The score is the mean of the judge's scores, each cut to a whole number (4.8 counts as 4), as the
original casts them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from vstreamqa.schema import Average
from vstreamqa.scoring.averages.scored import Scored
from vstreamqa.scoring.averages.shares import by_label, is_right

EXPECTED = "yes / expected"
JUDGED = "yes / judged (Flash-VStream)"
DECIDED = "yes / (yes + no) (ReKV, HERMES)"
SCORE = "mean int(score)"


def open_ended(suite: str, config: str, rows: Sequence[Scored]) -> tuple[Average, ...]:
    """Return the three shares, the score, and the share by answer type; none while a row waits for its judge."""
    asked = [row for row in rows if row.question.format != "choice"]
    if not asked:
        return ()
    waiting = any(row.verdict is None or row.verdict.status == "unjudged" for row in asked)
    failed = sum(row.verdict is not None and row.verdict.status == "error" for row in asked)
    groups = by_label(asked, (lambda name: name[:1]) if suite == "next-qa" else (lambda name: name))
    return (
        _share(EXPECTED, asked, asked, waiting, note=f"{failed} without a verdict count as wrong" if failed else None),
        _share(JUDGED, asked, _judged(asked), waiting, official=suite != "rekv"),
        _share(DECIDED, asked, _decided(asked), waiting, official=suite == "rekv"),
        _score(asked, waiting),
        *(_share(f"type {name}", some, _judged(some), waiting) for name, some in groups.items()),
    )


def _share(
    name: str,
    rows: Sequence[Scored],
    denominator: Sequence[Scored],
    waiting: bool,
    *,
    official: bool = False,
    note: str | None = None,
) -> Average:
    value = None if waiting or not denominator else sum(map(is_right, rows)) / len(denominator)
    return Average(name=name, value=value, n=len(denominator), official=official, note=note)


def _judged(rows: Sequence[Scored]) -> list[Scored]:
    """Return the rows of which a judge's reply was read, even if it said neither yes nor no."""
    return [row for row in rows if row.verdict and (row.verdict.correct is not None or row.verdict.score is not None)]


def _decided(rows: Sequence[Scored]) -> list[Scored]:
    return [row for row in rows if row.verdict and row.verdict.correct is not None]


def _score(rows: Sequence[Scored], waiting: bool) -> Average:
    scores = [math.trunc(row.verdict.score) for row in rows if row.verdict and row.verdict.score is not None]
    value = None if waiting or not scores else sum(scores) / len(scores)
    return Average(name=SCORE, value=value, n=len(scores), official=True, unit="0 to 5")
