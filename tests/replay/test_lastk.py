from __future__ import annotations

import pytest
from scored import a_plan_row, a_question, an_answer

from vstreamqa.build.mini.horizon.config import draft_horizon
from vstreamqa.build.mini.plans import SEED
from vstreamqa.errors import UserError
from vstreamqa.replay.controls import parse_control, why_not
from vstreamqa.replay.lastk import last_k_answers
from vstreamqa.report.demand import WINDOWS, demand_rows
from vstreamqa.schema import PlanRow, Question, Span
from vstreamqa.scoring.score import score_run

QUESTIONS = [
    a_question("old 1", time=100, evidence=(1, 5), category="Colour", answer="red"),
    a_question("old 2", time=100, evidence=(1, 5), category="Colour", answer="blue"),
    a_question("old 3", time=100, evidence=(1, 5), category="Colour", answer="blue"),
    a_question("new", time=100, evidence=(95, 99), category="Colour", answer="green"),
    a_question("no", time=100, evidence=(0, 100), category="Presence", answer="No", format="yes_no"),
    a_question(
        "choice",
        time=100,
        evidence=(1, 5),
        category="Colour",
        answer="c",
        answer_index=2,
        options=("a", "b", "c"),
        format="choice",
    ),
]


def test_the_gold_is_given_inside_the_window_and_the_commonest_answer_outside() -> None:
    answers = last_k_answers([(question, "second") for question in QUESTIONS], 30)
    assert answers == {"old 1": "blue", "old 2": "blue", "old 3": "blue", "new": "green", "no": "No", "choice": "C"}


def test_with_everything_kept_it_is_the_gold() -> None:
    answers = last_k_answers([(question, "second") for question in QUESTIONS], None)
    assert answers["old 1"] == "red"


def test_an_oracle_that_forgets_needs_evidence_and_says_so() -> None:
    control = parse_control("oracle:30")
    assert (control.name, control.needs_model) == ("oracle:30", False)
    assert parse_control("oracle").length is None
    assert "have no evidence window" in str(why_not(control, [], [a_question(answer="Yes")]))
    assert why_not(parse_control("oracle"), [], [a_question(answer="Yes")]) is None
    assert why_not(control, [], QUESTIONS) is None


def test_gold_is_spans_for_what_is_listened_for_and_an_answer_for_all_else() -> None:
    spans = (Span(start=3, end=4, text="now"),)
    told = a_question(format="proactive", evidence=(0, 5), spans=spans)
    assert why_not(parse_control("oracle"), [], [told]) is None
    assert "no gold" in str(why_not(parse_control("oracle"), [], [a_question(spans=spans)]))
    assert "needs no memory" in str(why_not(parse_control("oracle:3"), [], [told]))


@pytest.mark.parametrize(
    ("name", "complaint"),
    [
        ("oracle:0", "from 1 to 1,000,000"),
        ("oracle:x", "from 1"),
        ("oracle:1000001", "from 1"),
        (f"oracle:{'9' * 5000}", "from 1"),
        ("recent-window:1000000000", "from 1"),
        ("blind:3", "only oracle and recent-window take a length"),
    ],
)
def test_a_length_that_cannot_be_is_refused(name: str, complaint: str) -> None:
    with pytest.raises(UserError, match=complaint):
        parse_control(name)


def plan_of(questions: tuple[Question, ...], control: str) -> list[PlanRow]:
    return [a_plan_row(question, config="horizon", controls=(control,)) for question in questions]


@pytest.mark.parametrize("window", [5, 30, 600])
def test_scored_as_a_run_is_it_reaches_the_ceiling_of_the_horizon_exactly(window: int) -> None:
    questions = draft_horizon("test", SEED)[0].questions
    control = f"oracle:{window}"
    plan = plan_of(questions, control)
    answers = last_k_answers([(question, "second") for question in questions], window)
    predictions = [an_answer(text, question_id=one, control=control, config="horizon") for one, text in answers.items()]
    right = sum(bool(verdict.correct) for verdict in score_run(plan, predictions))
    (row,) = (row for row in demand_rows(plan) if row.window == window)
    assert row.ceiling == right / len(questions)


def test_the_ceiling_rises_with_the_window_to_all_of_it() -> None:
    plan = plan_of(draft_horizon("test", SEED)[0].questions, "oracle")
    rows = demand_rows(plan)
    assert [row.window for row in rows] == list(WINDOWS)
    ceilings = [row.ceiling for row in rows]
    assert None not in ceilings
    assert ceilings == sorted(ceilings, key=lambda value: value or 0)
    assert (rows[-1].within, rows[-1].ceiling) == (1.0, 1.0)
    assert (rows[0].within, rows[0].n_evidence) == (0.0, 1728)
