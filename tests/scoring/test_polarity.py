from __future__ import annotations

import pytest
from scored import a_plan_row, a_question, an_answer

from vstreamqa.scoring.polarity import PolarityFigures, by_polarity, polar_golds, polarity_figures
from vstreamqa.scoring.ruling import Ruling
from vstreamqa.scoring.score import score_run


def ruling(gold: str, said: str) -> Ruling:
    golds = polar_golds([gold])
    assert golds is not None
    return by_polarity(golds, said)


@pytest.mark.parametrize(
    ("gold", "said", "correct", "status"),
    [
        ("No.", "No, nobody is there", True, "judged"),
        ("No.", "Yes.", False, "judged"),
        ("No.", "Nobody", False, "unparsed"),
        ("Yes, a mobile phone.", "Yes, the mobile phone", True, "judged"),
        ("Yes, a mobile phone.", "Yes, a handset", None, "unjudged"),
        ("Yes, a mobile phone.", "Yes", False, "judged"),
        ("Yes, a mobile phone.", "No, a mobile phone", False, "judged"),
        ("Yes, a mobile phone.", "A mobile phone", False, "unparsed"),
    ],
)
def test_polarity_and_content_must_both_be_right(gold: str, said: str, correct: bool | None, status: str) -> None:
    outcome = ruling(gold, said)
    assert (outcome.correct, outcome.status) == (correct, status)


def test_what_was_read_keeps_polarity_and_content() -> None:
    assert ruling("No.", "**Yes**, a phone").extracted == "yes, a phone"
    assert ruling("No.", "no!").extracted == "no"


def test_golds_that_do_not_all_begin_with_a_polarity_are_left_to_other_rules() -> None:
    assert polar_golds(["It is red."]) is None
    assert polar_golds(["Yes.", "It is red."]) is None
    assert polar_golds([]) is None


def test_the_figure_is_given_with_and_without_content() -> None:
    golds = ["Yes.", "No.", "Yes, a phone.", "Yes, a cup.", "It is red."]
    said = ["Yes", "Yes", "Yes, a phone", "Yes", "blue"]
    plan = [a_plan_row(a_question(str(k), answer=gold)) for k, gold in enumerate(golds)]
    verdicts = score_run(plan, [an_answer(text, question_id=str(k)) for k, text in enumerate(said)])
    assert polarity_figures(plan, verdicts) == PolarityFigures(
        questions=4, with_content_gold=2, polarity_only=0.75, with_content=0.5
    )


def test_content_that_needs_a_judge_leaves_only_the_figure_without_it() -> None:
    plan = [a_plan_row(a_question("0", answer="Yes, a phone."))]
    figures = polarity_figures(plan, score_run(plan, [an_answer("Yes, a handset", question_id="0")]))
    assert figures is not None
    assert (figures.polarity_only, figures.with_content) == (1.0, None)


def test_without_polar_golds_there_is_no_figure() -> None:
    plan = [a_plan_row(a_question("0", answer="red"))]
    assert polarity_figures(plan, score_run(plan, [])) is None
