"""What the page says of answers, of slow ones, and of two runs on the same questions."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from scored import a_failure
from viewed import OWN, a_row, an_answer_to, keep_viewed

from vstreamqa.audit.run import audit_records
from vstreamqa.errors import UserError
from vstreamqa.runs.folder import UTTERANCES
from vstreamqa.runs.lines import encode_line
from vstreamqa.schema import UtteranceRecord
from vstreamqa.viewer.document import read_document
from vstreamqa.viewer.records import Document


def document(*paths: Path) -> Document:
    return read_document(paths, served=True).document


def outcomes(found: Document) -> dict[str, str]:
    return {one.id: one.a["model"].outcome for one in found.questions}


def test_every_answer_says_what_became_of_it(tmp_path: Path) -> None:
    choice: dict[str, Any] = {"format": "choice", "options": ("red", "blue"), "answer": None, "answer_index": 0}
    rows = {
        "right": a_row("right"),
        "wrong": a_row("wrong"),
        "unparsed": a_row("unparsed", **choice),
        "error": a_row("error"),
        "unjudged": a_row("unjudged", answer=None),
        "not asked yet": a_row("not asked yet"),
    }
    failed = a_failure(question_id="error")
    answers = [
        an_answer_to(rows["right"], "Red."),
        an_answer_to(rows["wrong"], "blue"),
        an_answer_to(rows["unparsed"], "neither"),
        an_answer_to(rows["error"], None, status=failed.status, error=failed.error),
        an_answer_to(rows["unjudged"], "red"),
    ]
    found = document(keep_viewed(tmp_path, list(rows.values()), answers))
    assert outcomes(found) == {name: name for name in rows}
    by_id = {one.id: one for one in found.questions}
    assert by_id["error"].a["model"].fault == "RuntimeError: torn"
    assert by_id["unparsed"].gold == ("(A) red",)
    assert by_id["not asked yet"].a["model"].latency_ns is None


def test_slow_are_the_answers_from_the_95th_percentile_of_their_arm_on(tmp_path: Path) -> None:
    rows = [a_row(f"q{at}", controls=(None, "blind")) for at in range(40)]
    answers = [an_answer_to(row, "red", answer_latency_ns=1000 + at) for at, row in enumerate(rows)]
    answers += [an_answer_to(row, "red", control="blind") for row in rows]
    found = document(keep_viewed(tmp_path, rows, answers))
    assert [one.id for one in found.questions if one.a["model"].slow] == ["q37", "q38", "q39"]
    assert found.sides[0].slow_ns == {"model": 1037}
    assert not any(one.a["blind"].slow for one in found.questions)


def test_what_was_said_under_no_question_stands_on_its_stream(tmp_path: Path) -> None:
    row = a_row()
    path = keep_viewed(tmp_path, [row], [an_answer_to(row, "red")])
    said = UtteranceRecord(
        suite=OWN["suite"], config=OWN["config"], stream_id="clip", control=None, time=1.5, said_at_ns=0, text="a dog"
    )
    (path / UTTERANCES).write_bytes(encode_line(said))
    (stream,) = document(path).streams
    assert [(one.time, one.text) for one in stream.unprompted["a/model"]] == [(1.5, "a dog")]


def test_what_an_audit_came_to_is_said_and_stands_first_once_it_is_void(tmp_path: Path) -> None:
    row = a_row(format="yes_no", answer="Yes")
    path = keep_viewed(tmp_path, [row], [an_answer_to(row, "Yes")])
    assert not any(line.startswith("audit:") for line in document(path).sides[0].lines)
    audit_records(path)
    (line,) = [line for line in document(path).sides[0].lines if line.startswith("audit:")]
    assert "causality open" in line
    predictions = path / "predictions.jsonl"
    predictions.write_bytes(predictions.read_bytes().replace(b'"Yes"', b'"No"'))
    assert any("VOID" in notice for notice in document(path).notices)


def two(tmp_path: Path) -> tuple[Path, Path]:
    rows = [a_row(name) for name in ("both", "only-a", "only-b", "other")]
    other = [*rows[:3], a_row("other", text="What else is it?"), a_row("more")]
    first = [an_answer_to(row, text) for row, text in zip(rows, ("red", "red", "no", "red"), strict=True)]
    second = [an_answer_to(row, text) for row, text in zip(other, ("red", "no", "red", "no", "red"), strict=True)]
    return keep_viewed(tmp_path, rows, first, "a"), keep_viewed(tmp_path, other, second, "b")


def test_two_runs_stand_side_by_side_with_the_questions_that_changed_sides(tmp_path: Path) -> None:
    found = document(*two(tmp_path))
    assert {one.id: one.changed for one in found.questions} == {
        "both": {},
        "only-a": {"model": "A"},
        "only-b": {"model": "B"},
        "other": {},
    }
    by_id = {one.id: one for one in found.questions}
    assert (by_id["only-a"].a["model"].outcome, by_id["only-a"].b["model"].outcome) == ("right", "wrong")
    assert by_id["other"].b == {}, "another question under the same name is not its pair"
    (difference,) = found.differences
    assert difference.config == "own/clip"
    assert dict(difference.figures)["only A right"] == "1"
    assert found.notes == ("1 questions are only in B; they are not listed",)
    assert [side.name for side in found.sides] == ["A", "B"]


def test_runs_of_another_task_are_shown_with_what_differs(tmp_path: Path) -> None:
    assert any(line.startswith("MIXED: A and B differ in task") for line in document(*two(tmp_path)).notices)


def test_a_run_beside_itself_is_refused(tmp_path: Path) -> None:
    first, _ = two(tmp_path)
    with pytest.raises(UserError, match="is named twice"):
        document(first, first)
