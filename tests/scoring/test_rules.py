from __future__ import annotations

from typing import Any

import pytest
from scored import a_failure, a_question, an_answer

from vstreamqa.errors import UserError
from vstreamqa.schema import Prediction, Question, Span, Verdict
from vstreamqa.scoring.rules import score_row

CHOICE: dict[str, Any] = {"format": "choice", "options": ("red", "blue")}


def verdict(question: Question, prediction: Prediction | None, *, closed: bool = False) -> Verdict:
    return score_row(question, prediction, suite="s", config="c", control="blind", closed=closed)


@pytest.mark.parametrize(
    ("fields", "said", "correct", "extracted", "by"),
    [
        ({**CHOICE, "answer_index": 1}, "B) blue", True, "B", "strict/choice"),
        ({**CHOICE, "answer_index": 1}, "red", False, "A", "strict/choice"),
        ({**CHOICE, "answer": "blue"}, "B", True, "B", "strict/choice"),
        ({**CHOICE, "answer": "A"}, "B", False, "B", "strict/choice"),
        ({"format": "count", "answer": "3"}, "three", True, "3", "strict/count"),
        ({"format": "count", "answer": "three"}, "4", False, "4", "strict/count"),
        ({"format": "yes_no", "answer": "No."}, "no", True, "no", "strict/polarity"),
        ({"answer": "No."}, "Yes", False, "yes", "strict/polarity"),
    ],
)
def test_each_format_has_its_rule(fields: dict[str, Any], said: str, correct: bool, extracted: str, by: str) -> None:
    given = verdict(a_question(**fields), an_answer(said))
    assert (given.correct, given.status, given.extracted, given.by) == (correct, "judged", extracted, by)
    assert (given.suite, given.config, given.question_id, given.control) == ("s", "c", "q", "blind")


def test_an_index_decides_where_the_answers_text_says_something_else() -> None:
    question = a_question(**CHOICE, answer_index=1, answer="red")
    assert verdict(question, an_answer("B")).correct is True


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({**CHOICE, "answer_index": 1}, "Both"),
        ({"format": "count", "answer": "3"}, "3 or 4"),
        ({"format": "yes_no", "answer": "No."}, "Not sure"),
        ({"answer": "red"}, "  "),
        ({"answer": "red"}, None),
    ],
)
def test_what_cannot_be_read_is_unparsed_and_wrong(fields: dict[str, Any], said: str | None) -> None:
    given = verdict(a_question(**fields), an_answer(said))
    assert (given.correct, given.status, given.extracted) == (False, "unparsed", None)


def test_an_open_answer_needs_a_judge_unless_its_suite_is_closed() -> None:
    question = a_question(answer="red", answers=("crimson",))
    open_answer = verdict(question, an_answer("crimson"))
    assert (open_answer.correct, open_answer.status, open_answer.by) == (None, "unjudged", "strict/open")
    assert verdict(question, an_answer("Crimson."), closed=True).correct is True
    assert verdict(question, an_answer("blue"), closed=True).correct is False


@pytest.mark.parametrize(("prediction", "by"), [(None, "strict/missing"), (a_failure(), "strict/failed")])
@pytest.mark.parametrize("fields", [{"answer": "red"}, {**CHOICE, "answer_index": 0}, {"answer": "Yes."}])
def test_no_answer_is_wrong(prediction: Prediction | None, by: str, fields: dict[str, Any]) -> None:
    given = verdict(a_question(**fields), prediction)
    assert (given.correct, given.status, given.by) == (False, "judged", by)


@pytest.mark.parametrize(
    "fields", [{}, {"answer": "  "}, CHOICE, {"format": "count"}, {"format": "yes_no"}, {"format": "proactive"}]
)
@pytest.mark.parametrize("prediction", [None, an_answer("B")])
def test_without_a_gold_nothing_is_judged(fields: dict[str, Any], prediction: Prediction | None) -> None:
    given = verdict(a_question(**fields), prediction, closed=True)
    assert (given.correct, given.status, given.by) == (None, "unjudged", "strict/no-gold")


def test_proactive_answers_are_left_unjudged() -> None:
    question = a_question(format="proactive", spans=(Span(start=1, end=2, text="rain"),))
    given = verdict(question, an_answer("Yes"))
    assert (given.correct, given.status, given.by) == (None, "unjudged", "strict/proactive")


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        ({**CHOICE, "answer_index": 2}, "'q': answer_index 2 names none of its 2 options"),
        ({**CHOICE, "answer_index": -1}, "answer_index -1"),
        ({**CHOICE, "answer": "green"}, "'green' does not name one of its options"),
        ({"format": "count", "answer": "many"}, "'many' of a count is not one whole number"),
    ],
)
def test_a_gold_that_contradicts_its_format_is_a_mistake(fields: dict[str, Any], complaint: str) -> None:
    with pytest.raises(UserError, match=complaint):
        verdict(a_question(**fields), an_answer("A"))
