from __future__ import annotations

from scored import a_failure, a_plan_row, a_question, an_answer

from vstreamqa.report.ages import AgeRow, age_rows
from vstreamqa.schema import PlanRow, Span
from vstreamqa.scoring.score import score_run


def rows() -> list[AgeRow]:
    questions = [
        a_question("a", source_id="v", stream_id="v", evidence=(0, 5), category="Colour", answer="red"),
        a_question("b", source_id="w", stream_id="w", evidence=(0, 5), category="Order", answer="red"),
        a_question("c", source_id="v", stream_id="v", time=10, evidence=(0, 5), category="Colour", answer="red"),
        a_question("d", source_id="v", stream_id="v", answer="red"),
    ]
    plan: list[PlanRow] = [a_plan_row(question, controls=(None, "constant")) for question in questions]
    given = [an_answer("red", question_id="a"), an_answer("blue", question_id="b"), an_answer("red", question_id="c")]
    return age_rows(
        plan, score_run(plan, [*given, *(an_answer("Yes", question_id=name, control="constant") for name in "ab")])
    )


def test_accuracy_is_given_by_age_for_all_kinds_and_for_each() -> None:
    found = {(row.control, row.category, row.age): (row.accuracy, row.n_expected, row.clusters) for row in rows()}
    assert found[None, None, 0] == (0.5, 2, 2)
    assert found[None, "Colour", 0] == (1.0, 1, 1)
    assert found[None, "Order", 0] == (0.0, 1, 1)
    assert found[None, None, 5] == (1.0, 1, 1)
    assert found["constant", None, 0] == (0.0, 2, 2)
    assert (None, "Order", 5) not in found


def test_the_interval_is_over_videos_and_missing_for_a_single_one() -> None:
    intervals = {(row.control, row.category, row.age): row.interval for row in rows()}
    assert intervals[None, None, 0] == (0.0, 1.0)
    assert intervals[None, None, 5] is None


def test_a_config_without_evidence_has_no_ages() -> None:
    assert age_rows([a_plan_row(a_question())], []) == []


def test_what_is_listened_for_has_no_age_and_leaves_the_others_their_accuracy() -> None:
    asked = a_question("a", evidence=(0, 5), answer="red")
    listened = a_question("p", format="proactive", evidence=(0, 5), spans=(Span(start=3, end=4, text="now"),))
    plan = [a_plan_row(asked), a_plan_row(listened)]
    (row,) = age_rows(plan, score_run(plan, [an_answer("red", question_id="a")]))
    assert (row.accuracy, row.n_expected) == (1.0, 1)


def test_unjudged_answers_leave_no_accuracy_at_their_age() -> None:
    plan = [a_plan_row(a_question(evidence=(0, 5), answer="A red ball."), suite="own")]
    (row,) = age_rows(plan, score_run(plan, [an_answer("red", suite="own")]))
    assert (row.accuracy, row.interval, row.given) == (None, None, False)


def test_an_age_has_no_accuracy_before_all_its_questions_were_asked() -> None:
    questions = [
        a_question("a", evidence=(0, 5), category="Colour", answer="red"),
        a_question("b", evidence=(0, 5), category="Order", answer="red"),
        a_question("c", time=10, evidence=(0, 5), category="Colour", answer="red"),
    ]
    plan = [a_plan_row(question) for question in questions]
    found = {
        (row.category, row.age): (row.accuracy, row.interval, row.n_expected)
        for row in age_rows(plan, score_run(plan, [an_answer("red", question_id="a"), a_failure(question_id="c")]))
    }
    assert found[None, 0] == (None, None, 2)
    assert found["Colour", 0][0] == 1.0
    assert found["Order", 0][0] is None
    assert found[None, 5][0] == 0.0, "what failed was asked"
