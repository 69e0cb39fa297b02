"""Score a run: one verdict for every planned question and control."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from vstreamqa.errors import UserError
from vstreamqa.keys import prediction_key, row_key
from vstreamqa.schema import PlanRow, Prediction, RowKey, Verdict
from vstreamqa.scoring.rules import score_row


def score_run(plan: Sequence[PlanRow], predictions: Sequence[Prediction]) -> list[Verdict]:
    """Return a verdict for every planned row, in the plan's order and, within a question, in its controls' order.

    A planned row without a prediction counts as wrong.

    Raises:
        UserError: a prediction is not in the plan, two predictions answer the same row, or a gold is malformed.
    """
    answers = _by_key(predictions)
    verdicts = [_score(row, control, answers) for row in plan for control in row.controls]
    _refuse_unplanned(answers, plan)
    return verdicts


def _score(row: PlanRow, control: str | None, answers: Mapping[RowKey, Prediction]) -> Verdict:
    return score_row(
        row.question,
        answers.get(row_key(row, control)),
        suite=row.suite,
        config=row.config,
        control=control,
        closed=row.closed,
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
