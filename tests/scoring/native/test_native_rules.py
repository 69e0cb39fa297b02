from __future__ import annotations

from typing import Any

import pytest
from scored import a_failure, a_plan_row, a_question, an_answer

from vstreamqa.errors import UserError
from vstreamqa.report.entries import arms, was_asked
from vstreamqa.schema import Prediction
from vstreamqa.scoring.native import native_notes, native_rule
from vstreamqa.scoring.native.before_bracket import letter_before_bracket
from vstreamqa.scoring.native.first_a_to_e import FALLBACK, drawn_letter
from vstreamqa.scoring.score import score_run

COLOURS = ("red", "blue", "green", "white")
B = a_question(format="choice", options=COLOURS, answer_index=1)


def says(suite: str, response: str | None, layout: str | None = None, **fields: Any) -> tuple[bool | None, str]:
    question = a_question(**fields) if fields else B
    ruling = native_rule(suite, "c", layout)(question, response)
    return ruling.correct, ruling.status


@pytest.mark.parametrize(
    ("response", "correct"),
    [("B", True), ("B. blue", True), ("Blue", True), ("(B)", False), (" B", False), ("b", False), ("A", False)],
)
def test_streamingbench_looks_at_the_first_character(response: str, correct: bool) -> None:
    assert says("streamingbench", response) == (correct, "judged")


@pytest.mark.parametrize("response", ["", None])
def test_streamingbench_drops_what_is_empty(response: str | None) -> None:
    assert says("streamingbench", response) == (None, "unparsed")


@pytest.mark.parametrize(
    ("response", "correct"),
    [("B", True), ("A cat, B", True), ("The Best", True), ("b", False), ("A", False), ("", False), (None, False)],
)
def test_ovo_bench_finds_the_letter_anywhere(response: str | None, correct: bool) -> None:
    assert says("ovo-bench", response) == (correct, "judged")


@pytest.mark.parametrize(
    ("response", "correct"), [("12", True), ("1 or 2", True), ("twelve", False), ("3, so 12", False), (None, False)]
)
def test_ovo_bench_joins_all_digits_of_a_count(response: str | None, correct: bool) -> None:
    assert says("ovo-bench", response, format="count", answer="12") == (correct, "judged")


@pytest.mark.parametrize(
    ("gold", "response", "correct"),
    [
        ("Yes", "Yes, it is", True),
        ("Yes", "Y", True),
        ("Yes", "Y.", False),
        ("Yes", "yes", False),
        ("No", "Not yet", True),
        ("No", "N", True),
        ("No", "Yes", False),
        ("No", None, False),
    ],
)
def test_ovo_bench_finds_yes_and_no_anywhere(gold: str, response: str | None, correct: bool) -> None:
    assert says("ovo-bench", response, format="yes_no", answer=gold) == (correct, "judged")


@pytest.mark.parametrize(
    ("response", "letter"),
    [
        ("(B) blue", "B"),
        ("  B) blue", "B"),
        ("The answer (C).", "C"),
        ("B", "B"),
        ("Blue", "B"),
        ("", None),
        (") B", None),
    ],
)
def test_rekv_takes_the_character_before_the_bracket(response: str, letter: str | None) -> None:
    assert letter_before_bracket(response) == letter
    assert says("any", response, "rekv-choice") == (letter == "B", "judged")


@pytest.mark.parametrize(
    ("response", "correct"),
    [("B", True), ("the Best", True), ("I say: Answer B", False), ("E", False), ("(b) C", False), ("Zebra? B", True)],
)
def test_flash_vstream_takes_the_first_capital_from_a_to_e(response: str, correct: bool) -> None:
    assert says("egoschema", response) == (correct, "judged")
    assert says("own", response, "flash-vstream") == (correct, "judged")


def test_flash_vstream_draws_a_letter_that_follows_from_seed_and_question() -> None:
    plan = [a_plan_row(question, suite="mvbench") for question in many_questions(500)]
    answers = [an_answer("dunno", question_id=row.question.question_id, suite="mvbench") for row in plan]
    once, again, other = (score_run(plan, answers, rule="native", seed=seed) for seed in (3, 3, 4))
    assert once == again
    assert once != other
    assert {verdict.by for verdict in once} == {FALLBACK}
    assert [verdict.extracted for verdict in once] == [drawn_letter(3, row.question.question_id) for row in plan]
    assert 60 < sum(bool(verdict.correct) for verdict in once) < 140
    assert native_notes(once) == ["500 of 500 answers name no letter: the official rule gave them a random one"]


def many_questions(count: int) -> list[Any]:
    return [a_question(f"q{number}", format="choice", options=COLOURS, answer_index=1) for number in range(count)]


@pytest.mark.parametrize("suite", ["vstream-qa", "activitynet-qa", "next-qa", "msvd-qa", "msrvtt-qa"])
def test_open_ended_suites_leave_everything_to_the_judge_yes_and_no_too(suite: str) -> None:
    assert says(suite, "no", answer="Yes", format="yes_no") == (None, "unjudged")
    assert says(suite, "a cat", answer="a cat") == (None, "unjudged")
    assert says(suite, " ", answer="a cat") == (False, "unparsed")


def test_a_file_is_read_as_its_projects_script_reads_it() -> None:
    assert says("streamingbench", "(B)", "rekv-choice") == (True, "judged")
    assert says("mvbench", "Answer (B)", "rekv-choice") == (True, "judged")
    assert says("mvbench", "Answer (B)", "flash-vstream") == (False, "judged")
    assert says("vstream-qa", "yes", "rekv-open", answer="yes") == (None, "unjudged")
    assert says("streamingbench", "(B)", "vstreamqa") == (False, "judged")


@pytest.mark.parametrize("suite", ["river", "mini", "egoshcema"])
def test_a_suite_without_an_official_rule_is_named(suite: str) -> None:
    with pytest.raises(UserError, match=f"--rule native: {suite}/c has no official rule here: .*--rule strict"):
        native_rule(suite, "c")


@pytest.mark.parametrize(
    ("suite", "expected"),
    [("ovo-bench", (False, "judged")), ("streamingbench", (None, "unparsed")), ("lvbench", (None, "unparsed"))],
)
def test_missing_and_failed_rows_are_what_the_official_script_makes_of_them(
    suite: str, expected: tuple[bool | None, str]
) -> None:
    plan = [a_plan_row(B, suite=suite, config="c")]
    failed = a_failure()
    answers: list[list[Prediction]] = [[], [renamed(failed, suite)]]
    for some in answers:
        (verdict,) = score_run(plan, some, rule="native")
        assert (verdict.correct, verdict.status) == expected
        assert bool(native_notes([verdict])) is (expected[0] is None)


def renamed(prediction: Prediction, suite: str) -> Prediction:
    fields = {name: getattr(prediction, name) for name in prediction.__struct_fields__}
    return Prediction(**{**fields, "suite": suite, "config": "c"})


def test_a_question_without_a_gold_is_nobodys() -> None:
    plan = [a_plan_row(a_question(format="choice", options=COLOURS), suite="ovo-bench", config="c")]
    (verdict,) = score_run(plan, [an_answer("B", suite="ovo-bench", config="c")], rule="native")
    assert (verdict.by, verdict.correct, verdict.status) == ("native/no-gold", None, "unjudged")


@pytest.mark.parametrize("suite", ["streamingbench", "mlvu"])
def test_a_row_that_is_not_there_yet_is_known_as_such(suite: str) -> None:
    (verdict,) = score_run([a_plan_row(B, suite=suite)], [], rule="native")
    assert verdict.by == "native/missing"
    (entries,) = arms([a_plan_row(B, suite=suite)], [], [verdict]).values()
    assert not was_asked(entries[0])
