from __future__ import annotations

import pytest
from scored import a_plan_row, a_question, an_answer

from vstreamqa.errors import UserError
from vstreamqa.scoring.score import score_run

PLAN = [
    a_plan_row(a_question("b", answer="red"), controls=(None, "constant")),
    a_plan_row(a_question("a", answer="Yes"), controls=(None, "constant")),
]


def test_verdicts_come_in_the_plans_order_whatever_the_predictions_order() -> None:
    answers = [
        an_answer("Yes", question_id="a", control="constant"),
        an_answer("no", question_id="a"),
        an_answer("Red", question_id="b"),
    ]
    verdicts = score_run(PLAN, answers)
    assert [(v.question_id, v.control, v.correct) for v in verdicts] == [
        ("b", None, True),
        ("b", "constant", False),
        ("a", None, False),
        ("a", "constant", True),
    ]
    assert verdicts == score_run(PLAN, answers[::-1])


def test_only_closed_answers_are_matched_by_rule() -> None:
    plan = [a_plan_row(a_question("b", answer="red"), suite=suite, closed=suite == "mini") for suite in ("mini", "own")]
    answers = [an_answer("red", question_id="b", suite=suite) for suite in ("mini", "own")]
    assert [v.correct for v in score_run(plan, answers)] == [True, None]


def test_a_prediction_outside_the_plan_is_refused() -> None:
    with pytest.raises(
        UserError, match="1 predictions are not in the plan, the first for question 'z' of mini/rvs-ego"
    ):
        score_run(PLAN, [an_answer("Yes", question_id="z")])


def test_two_predictions_for_one_row_are_refused() -> None:
    twice = [an_answer("Yes", question_id="a", control="constant")] * 2
    with pytest.raises(UserError, match="question 'a' of mini/rvs-ego under control 'constant'"):
        score_run(PLAN, twice)
