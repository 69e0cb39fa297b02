"""What a judge adds to the figures of some questions: its score, its failures, and the accuracy its card corrects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from vstreamqa.report.entries import Entry
from vstreamqa.schema import Verdict
from vstreamqa.scoring.correction import Corrected, Pool, corrected_accuracy
from vstreamqa.scoring.judge.card import JudgeCard


@dataclass(frozen=True, slots=True)
class Judging:
    """Who judged.

    Attributes:
        name: of the judge, as its verdicts have it.
        card: what it is worth, None if nobody has measured that.
        pool: which of the card's rates are those of what it was asked.
    """

    name: str
    card: JudgeCard | None
    pool: Pool


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeFigures:
    """Figures of the answers that a judge was asked about; None where there are none.

    Attributes:
        score: mean of its scores, 0 to 5; None too where one of its verdicts has none.
        error_share: share of those answers that it gave no verdict on.
        calibrated: whether it has a card.
        corrected: accuracy over all answers, corrected by its card.
        interval: of that, at 95 %.
        interval_method: how it was made.
    """

    score: float | None = None
    error_share: float | None = None
    calibrated: bool | None = None
    corrected: float | None = None
    interval: tuple[float, float] | None = None
    interval_method: str | None = None


def judge_figures(entries: Sequence[Entry], judging: Judging | None) -> JudgeFigures:
    """Return the figures of an arm on some questions that are asked for an answer."""
    asked = [one for entry in entries if (one := entry.verdict) is not None and judging and one.by == judging.name]
    if judging is None or not asked:
        return JudgeFigures()
    scores = [verdict.score for verdict in asked if verdict.score is not None]
    corrected = _corrected(entries, judging)
    interval = None if corrected is None else corrected.interval
    return JudgeFigures(
        score=sum(scores) / len(scores) if len(scores) == len(asked) else None,
        error_share=sum(verdict.status == "error" for verdict in asked) / len(asked),
        calibrated=judging.card is not None,
        corrected=None if corrected is None else corrected.value,
        interval=None if interval is None else (interval.low, interval.high),
        interval_method=None if interval is None else interval.method,
    )


def _corrected(entries: Sequence[Entry], judging: Judging) -> Corrected | None:
    counted = [entry for entry in entries if not entry.left_out]
    verdicts = [_decided(entry.verdict) for entry in counted]
    known = [verdict for verdict in verdicts if verdict is not None]
    if judging.card is None or len(known) < len(verdicts):
        return None
    return corrected_accuracy(
        [verdict.correct is True for verdict in known],
        [verdict.by == judging.name for verdict in known],
        [entry.row.question.source_id for entry in counted],
        judging.card,
        pool=judging.pool,
    )


def _decided(verdict: Verdict | None) -> Verdict | None:
    return verdict if verdict is not None and verdict.correct is not None else None
