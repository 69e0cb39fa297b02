"""The columns that a table has only where a judge decided what rules left open."""

from __future__ import annotations

from collections.abc import Sequence

from vstreamqa.report.figures import NOTHING, percent, percent_with_interval
from vstreamqa.schema import SummaryRow

HEADER = ("corrected %\n[95 %]", "score\n0 to 5", "judge\nfailed %")

UNCALIBRATED = "uncalibrated"

LEGEND = (
    "corrected: accuracy corrected for the judge's error rates as its card has them, with what both are uncertain "
    "about; uncalibrated: the judge has no card (`vstreamqa judge-card`); -: its card allows none",
    "score: mean of the judge's scores; judge failed: share of the questions on which the judge was asked and gave no "
    "verdict",
)


def has_judge(rows: Sequence[SummaryRow]) -> bool:
    """Say whether a judge was asked about any of some lines."""
    return any(row.judge_error_share is not None for row in rows)


def cells(row: SummaryRow) -> tuple[str, ...]:
    """Return a line's cells in these columns."""
    score = NOTHING if row.score is None else f"{row.score:.2f}"
    return _corrected(row), score, percent(row.judge_error_share)


def _corrected(row: SummaryRow) -> str:
    if row.calibrated is False and row.accuracy is not None:
        return UNCALIBRATED
    return percent_with_interval(row.corrected, row.corrected_interval)
