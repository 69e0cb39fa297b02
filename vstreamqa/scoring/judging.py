"""Handing to a judge what rules leave open."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import msgspec

from vstreamqa.keys import prediction_key, row_key, verdict_key
from vstreamqa.schema import PlanRow, Prediction, RowKey, Verdict
from vstreamqa.scoring.golds import accepted_answers
from vstreamqa.scoring.judge.base import Case, Judge, Opinion

OPEN = frozenset({"strict/open", "strict/polarity", "native/open"})
"""Rules whose unjudged rows a judge can decide; what has no gold nobody can."""


def open_cases(
    plan: Sequence[PlanRow], predictions: Sequence[Prediction], verdicts: Sequence[Verdict]
) -> dict[RowKey, Case]:
    """Return what is left to a judge, by the key of its row, in the order of the verdicts."""
    questions = {row_key(row, control): row.question for row in plan for control in row.controls}
    answers = {prediction_key(row): row.prediction for row in predictions}
    left = [verdict_key(verdict) for verdict in verdicts if verdict.status == "unjudged" and verdict.by in OPEN]
    return {
        key: Case(questions[key].text, accepted_answers(questions[key]), (answers[key] or "").strip()) for key in left
    }


def judge_open(
    verdicts: Sequence[Verdict],
    cases: Mapping[RowKey, Case],
    judge: Judge,
    *,
    progress: Callable[[], object] = lambda: None,
) -> list[Verdict]:
    """Return the verdicts with those of a judge in place of the open ones, in their order.

    Args:
        verdicts: what rules have said.
        cases: what they have left open (`open_cases`).
        judge: who decides; it has been checked.
        progress: called once for every case that is done.
    """
    keys, found = list(cases), {}
    for place, opinion in judge.opinions(list(cases.values())):
        found[keys[place]] = opinion
        progress()
    name = judge.identity.name
    return [
        _judged(verdict, found[key], name) if (key := verdict_key(verdict)) in found else verdict
        for verdict in verdicts
    ]


def _judged(verdict: Verdict, opinion: Opinion, name: str) -> Verdict:
    return msgspec.structs.replace(
        verdict,
        correct=opinion.correct,
        score=opinion.score,
        status="judged" if opinion.correct is not None else "error",
        by=name,
        raw=opinion.raw if opinion.raw is not None else opinion.error,
    )
