"""Two arms side by side: what is paired, what is left out, and what stands in the tables."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import msgspec
import pytest
from rich.console import Console
from scored import a_plan_row, a_question, an_answer

from vstreamqa.comparing import render
from vstreamqa.report.compared import ComparedRow, Paired, changed_answers, compared_rows, pair_up
from vstreamqa.report.comparedpage import Comparison, Side, compared_page
from vstreamqa.report.entries import Entry
from vstreamqa.report.meta import TableMeta
from vstreamqa.report.table import render_terminal
from vstreamqa.schema import Span, Verdict

EVIL = "a\x1b[2J\nb\u202e"
CONFIG = ("mini", "rvs-ego")
META = TableMeta(
    model="flash",
    options={},
    task_hash="task",
    model_hash="first",
    scoring_hash="scoring",
    clock="logical",
    seed=7,
    hardware="two cores",
)


def an_entry(
    name: str, correct: bool | None, *, said: str | None = "a cup", by: str = "strict/match", **question: Any
) -> Entry:
    verdict = Verdict(
        suite="mini",
        config="rvs-ego",
        question_id=name,
        control=None,
        correct=correct,
        score=None,
        status="unjudged" if correct is None else "judged",
        by=by,
    )
    row = a_plan_row(a_question(name, **{"answer": "a cup", "category": "Colour", **question}))
    return Entry(row, None, an_answer(said, question_id=name), verdict)


def arm(answers: str, **fields: Any) -> list[Entry]:
    """One question a letter: y right, n wrong, - unjudged; two questions a video."""
    known = {"y": True, "n": False, "-": None}
    return [
        an_entry(f"q{number}", known[letter], source_id=f"v{number // 2}", **fields)
        for number, letter in enumerate(answers)
    ]


def overall(first: Sequence[Entry], second: Sequence[Entry]) -> ComparedRow:
    return compared_rows({CONFIG: pair_up(first, second)})[0]


def comparison(first: Sequence[Entry], second: Sequence[Entry]) -> Comparison:
    found = {CONFIG: pair_up(first, second)}
    return Comparison(
        first=Side("one", None, META),
        second=Side("two", None, META),
        differing=(),
        apart=(),
        rows=tuple(compared_rows(found)),
        changed=tuple(changed_answers(found)),
    )


def printed(made: Comparison, shown: int | None = 10) -> str:
    file = io.StringIO()
    render_terminal(compared_page(made, shown=shown), Console(file=file, width=160))
    return file.getvalue()


def test_the_two_accuracies_are_those_of_the_same_questions() -> None:
    row = overall(arm("yyyynnyy"), arm("yyynnnny"))
    assert (row.n, row.clusters, row.only_a_right, row.only_b_right) == (8, 4, 2, 0)
    assert row.accuracy_a == pytest.approx(6 / 8)
    assert row.accuracy_b == pytest.approx(4 / 8)
    assert row.difference == pytest.approx(2 / 8)
    assert row.clusters_apart == 2
    assert row.p_value == pytest.approx(1 / 2)


def test_every_category_has_a_line() -> None:
    colours, rooms = arm("yyyy"), [an_entry(f"r{n}", n < 2, category="Room", source_id=f"v{n}") for n in range(4)]
    whole, colour, room = compared_rows({CONFIG: pair_up([*colours, *rooms], [*arm("ynyy"), *rooms])})
    assert [row.category for row in (whole, colour, room)] == [None, "Colour", "Room"]
    assert [row.n for row in (whole, colour, room)] == [8, 4, 4]
    assert [row.only_a_right for row in (whole, colour, room)] == [1, 1, 0]


@pytest.mark.parametrize(("first", "second"), [("yy-y", "ynyy"), ("yyyy", "yn-y")])
def test_with_an_unjudged_answer_there_is_no_difference(first: str, second: str) -> None:
    row = overall(arm(first), arm(second))
    assert (row.n, row.n_unjudged) == (4, 1)
    assert (row.accuracy_a, row.difference, row.interval, row.p_value, row.only_a_right) == (None,) * 5
    text = printed(comparison(arm(first), arm(second)))
    assert "1 of 4 questions need a judge or a gold answer in A or B: no difference" in text
    assert "only A right: 1 questions" in text, "what is judged in both is listed all the same"


def test_a_question_without_a_row_yet_is_not_compared() -> None:
    begun = [*arm("yy"), *(an_entry(f"q{n}", False, by="strict/missing", source_id="v1") for n in (2, 3))]
    row = overall(begun, arm("ynyy"))
    assert (row.n, row.n_not_asked, row.accuracy_a, row.accuracy_b) == (2, 2, 1.0, 0.5)
    assert "not compared: 2 questions without a row yet in A or B" in printed(comparison(begun, arm("ynyy")))


def test_what_a_suites_own_rule_leaves_out_is_left_out_of_both() -> None:
    unread = an_entry("q0", None, source_id="v0")
    assert unread.verdict is not None
    verdict = msgspec.structs.replace(unread.verdict, status="unparsed", by="native/letter")
    first = [replace(unread, verdict=verdict), *arm("yyyy")[1:]]
    row = overall(first, arm("ynyy"))
    assert (row.n, row.n_left_out, row.n_unjudged) == (3, 1, 0)
    assert row.accuracy_b == pytest.approx(2 / 3)


def test_a_question_that_only_one_was_asked_is_counted_and_not_compared() -> None:
    other = an_entry("q1", True, source_id="v0", text="Another?")
    paired = pair_up(arm("yyyy"), [arm("y")[0], other, an_entry("new", True)])
    assert [entry.row.question.question_id for entry in paired.only_a] == ["q1", "q2", "q3"]
    assert [entry.row.question.question_id for entry in paired.only_b] == ["q1", "new"]
    row = compared_rows({CONFIG: paired})[0]
    assert (row.n, row.n_only_in_a, row.n_only_in_b) == (1, 3, 2)


def test_proactive_questions_are_no_answers_to_compare() -> None:
    heard = an_entry("p", None, format="proactive", spans=(Span(start=1, end=2, text="now"),), answer=None)
    assert [len(pair_up([heard, *arm("y")], [heard, *arm("n")]).pairs)] == [1]


def test_a_single_video_has_a_difference_and_no_interval() -> None:
    row = overall(arm("yy"), arm("yn"))
    assert (row.difference, row.interval, row.interval_method, row.p_value) == (0.5, None, None, None)
    assert "95 % intervals: none from a single video (1 video)" in printed(comparison(arm("yy"), arm("yn")))


def test_the_table_has_the_difference_and_under_it_what_could_have_been_found() -> None:
    text = printed(comparison(arm("yyyyyyyyyyyy"), arm("nnynyynyyyyn")))
    (line,) = (line.split() for line in text.splitlines() if line.startswith("all"))
    assert line[:4] == ["all", "12", "100.0", "58.3"]
    assert line[4] == "+41.7"
    assert line[-2:] == ["5", "0"]
    assert "smallest detectable difference: " in text
    assert "points (power 80 %, level 5 %), with 12 questions on 6 videos" in text
    assert "they differ in 4 of 6 videos: no p below 0.125 is possible" in text
    assert "cluster-robust t (6 videos); p: exact sign-flip over videos" in text
    assert "A: one" in text
    assert "B: two" in text


def test_answers_that_changed_sides_are_listed_with_gold_and_what_both_said() -> None:
    first, second = arm("ynyy", said="a cup"), arm("yyny", said="a bowl")
    assert [(one.question_id, one.right) for one in comparison(first, second).changed] == [("q2", "A"), ("q1", "B")]
    lines = printed(comparison(first, second)).splitlines()
    at = lines.index("only A right: 1 questions")
    assert lines[at + 1] == "- mini/rvs-ego/Colour, q2: What is it? | gold: a cup | A: a cup | B: a bowl"
    assert lines[at + 2] == "only B right: 1 questions"
    assert "q1" in lines[at + 3]


def test_a_terminal_shows_the_first_of_many_and_a_file_all() -> None:
    made = comparison(arm("y" * 30), arm("n" * 30, said="long " * 100))
    text = printed(made)
    assert text.count("| gold:") == 10
    assert "... and 20 more: --format csv-changed, markdown or json lists all" in text
    assert "long " * 30 not in text
    whole = render(made, "markdown")
    assert whole.count("gold: a cup") == 30
    assert "long " * 99 in whole


def test_the_gold_of_a_choice_is_its_option() -> None:
    choice: dict[str, Any] = {"format": "choice", "options": ("(A) red", "blue"), "answer": None}
    for index, gold in enumerate(("(A) red", "(B) blue")):
        asked: dict[str, Any] = {**choice, "answer_index": index}
        (one,) = comparison([an_entry("q", True, **asked)], [an_entry("q", False, **asked)]).changed
        assert one.gold == (gold,)


def test_csv_and_json_hold_every_figure_and_the_hashes_of_both() -> None:
    made = comparison(arm("yyyyyyyy"), arm("nnynyyyy"))
    whole, category = csv.DictReader(io.StringIO(render(made, "csv")))
    assert (whole["a"], whole["b"], whole["a_task_hash"], whole["b_scoring_hash"]) == ("one", "two", "task", "scoring")
    assert (whole["category"], category["category"]) == ("", "Colour")
    assert float(whole["interval_low"]) < float(whole["difference"]) < float(whole["interval_high"])
    document = json.loads(render(made, "json"))
    assert document["rows"][0]["difference"] == float(whole["difference"])
    assert [one["question_id"] for one in document["changed"]] == ["q0", "q1", "q3"]
    assert document["a"]["meta"]["model_hash"] == "first"
    changed = list(csv.DictReader(io.StringIO(render(made, "csv-changed"))))
    assert (changed[0]["question_id"], changed[0]["right"], changed[0]["gold"]) == ("q0", "A", "a cup")


def test_whatever_was_said_is_text() -> None:
    first, second = [an_entry("q", True, said=EVIL, text=EVIL)], [an_entry("q", False, said="=1+1 <b>*x*", text=EVIL)]
    made = replace(comparison(first, second), first=Side(EVIL, None, META))
    for text in (printed(made), render(made, "markdown"), render(made, "latex")):
        assert not set("\x1b\u202e") & set(text)
    assert r"a\x1b[2J\nb\u202e" in printed(made)
    assert r"\<b\>" in render(made, "markdown") or r"\<b>" in render(made, "markdown")
    (row,) = csv.DictReader(io.StringIO(render(made, "csv-changed")))
    assert row["prediction_b"] == "'=1+1 <b>*x*"


def test_nothing_paired_has_no_figure() -> None:
    (row,) = compared_rows({CONFIG: Paired((), arm("y"), ())})[:1]
    assert (row.n, row.difference, row.n_only_in_a) == (0, None, 1)
