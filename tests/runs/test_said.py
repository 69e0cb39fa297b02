from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from scored import a_plan_row, a_question, an_answer

from vstreamqa.errors import UserError
from vstreamqa.runs.lines import read_lines, rewrite_lines
from vstreamqa.runs.said import check_utterances
from vstreamqa.schema import UtteranceRecord

PLAN = [a_plan_row(a_question("told", format="proactive", spans=())), a_plan_row(a_question("asked"))]
TOLD, ASKED = (an_answer("Yes", question_id=name) for name in ("told", "asked"))


def said(**fields: Any) -> UtteranceRecord:
    given = {
        "suite": "mini",
        "config": "rvs-ego",
        "stream_id": "s",
        "control": None,
        "time": 5,
        "said_at_ns": 1,
        "text": "oh",
        "question_id": "told",
        **fields,
    }
    return UtteranceRecord(**given)


def check(folder: Path, *rows: UtteranceRecord) -> None:
    file = folder / "utterances.jsonl"
    rewrite_lines(file, rows)
    check_utterances(file, PLAN, [TOLD, ASKED], read_lines(file, UtteranceRecord))


def test_what_was_said_in_the_run_is_taken(tmp_path: Path) -> None:
    check(tmp_path)
    check(tmp_path, said(), said(question_id=None, time=0), said(time=10))


def test_only_answered_proactive_questions_need_the_file(tmp_path: Path) -> None:
    file = tmp_path / "utterances.jsonl"
    check_utterances(file, PLAN, [ASKED], [])
    with pytest.raises(UserError, match=r"utterances\.jsonl: missing"):
        check_utterances(file, PLAN, [TOLD, ASKED], [])


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"stream_id": "t"}, "line 2: stream 't' of mini/rvs-ego is not in the plan"),
        ({"control": "oracle"}, "line 2: stream 's' of mini/rvs-ego under control 'oracle' is not in the plan"),
        ({"question_id": "asked"}, "line 2: question 'asked' .* no proactive question"),
        ({"question_id": "gone"}, "line 2: question 'gone' .* no proactive question"),
        ({"time": -0.5}, "line 2: time -0.5 lies outside stream 's'"),
        ({"time": 10.25}, r"line 2: time 10.25 lies outside stream 's' of mini/rvs-ego \(0 to 10\)"),
    ],
)
def test_what_was_not_said_in_the_run_is_refused(fields: dict[str, Any], message: str, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=message):
        check(tmp_path, said(), said(**fields))


@pytest.mark.parametrize("time", ["NaN", "1e999", "true", "null", '"5"'])
def test_a_time_that_is_no_number_is_refused(time: str, tmp_path: Path) -> None:
    check(tmp_path, said())
    file = tmp_path / "utterances.jsonl"
    file.write_text(file.read_text().replace('"time":5', f'"time":{time}'))
    with pytest.raises(UserError, match=r"utterances\.jsonl, line 1: not a UtteranceRecord row"):
        read_lines(file, UtteranceRecord)
