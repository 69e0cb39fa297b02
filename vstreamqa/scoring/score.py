"""Score a run: one verdict for every planned question and control."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from vstreamqa.errors import UserError
from vstreamqa.keys import prediction_key, row_key
from vstreamqa.schema import PlanRow, Prediction, RowKey, Verdict
from vstreamqa.scoring.native import native_rule
from vstreamqa.scoring.native.row import native_ruling
from vstreamqa.scoring.rules import as_verdict, score_row
from vstreamqa.scoring.spec import Rule

_Scorer = Callable[[PlanRow, str | None, Prediction | None], Verdict]


def score_run(
    plan: Sequence[PlanRow],
    predictions: Sequence[Prediction],
    *,
    rule: Rule = "strict",
    layout: str | None = None,
    seed: int = 0,
) -> list[Verdict]:
    """Return a verdict for every planned row, in the plan's order and, within a question, in its controls' order.

    By the strict rule a planned row without a prediction counts as wrong; official rules differ (`scoring/native`).

    Args:
        plan: every planned question.
        predictions: what was answered.
        rule: `strict`, or `native` for the official rule of each suite.
        layout: of the file that the predictions come from, where they were not made here.
        seed: for the official rule that draws letters.

    Raises:
        UserError: a prediction is not in the plan, two predictions answer the same row, a gold is malformed, or a suite
            has no official rule.
    """
    answers = _by_key(predictions)
    scorers = {key: _scorer(rule, *key, layout, seed) for key in {(row.suite, row.config): None for row in plan}}
    verdicts = [
        scorers[row.suite, row.config](row, control, answers.get(row_key(row, control)))
        for row in plan
        for control in row.controls
    ]
    _refuse_unplanned(answers, plan)
    return verdicts


def _scorer(rule: Rule, suite: str, config: str, layout: str | None, seed: int) -> _Scorer:
    if rule == "strict":
        return lambda row, control, prediction: score_row(
            row.question, prediction, suite=suite, config=config, control=control, closed=row.closed
        )
    official = native_rule(suite, config, layout, seed=seed)
    return lambda row, control, prediction: as_verdict(
        native_ruling(official, row.question, prediction), row.question, suite=suite, config=config, control=control
    )


def _by_key(predictions: Sequence[Prediction]) -> dict[RowKey, Prediction]:
    answers: dict[RowKey, Prediction] = {}
    for prediction in predictions:
        key = prediction_key(prediction)
        if key in answers:
            raise UserError(f"two predictions for {_name(key)}; keep the one that counts")
        answers[key] = prediction
    return answers


def _refuse_unplanned(answers: Mapping[RowKey, Prediction], plan: Sequence[PlanRow]) -> None:
    planned = {row_key(row, control) for row in plan for control in row.controls}
    unplanned = [key for key in answers if key not in planned]
    if unplanned:
        raise UserError(
            f"{len(unplanned)} predictions are not in the plan, the first for {_name(unplanned[0])}; "
            "score them with the plan they were made from"
        )


def _name(key: RowKey) -> str:
    suite, config, question_id, control = key
    arm = f" under control {control!r}" if control else ""
    return f"question {question_id!r} of {suite}/{config}{arm}"
