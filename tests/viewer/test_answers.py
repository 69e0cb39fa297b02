"""An answer as the page shows it: what the judge replied stands as it came, and a verdict that failed is none."""

from __future__ import annotations

from typing import Any

import pytest
from viewed import HOSTILE, a_row, an_answer_to

from vstreamqa.report.entries import Entry
from vstreamqa.schema import Verdict
from vstreamqa.scoring.spec import ScoringSpec
from vstreamqa.viewer.answers import answer_of
from vstreamqa.viewer.records import Answer

ROW = a_row()


def judged(**fields: Any) -> Answer:
    given = {
        "suite": "own",
        "config": "clip",
        "question_id": "q",
        "control": None,
        "correct": None,
        "score": None,
        "status": "judged",
        "by": "openai:judge",
        **fields,
    }
    return answer_of(Entry(ROW, None, an_answer_to(ROW, "red"), Verdict(**given)), (), ScoringSpec(), None)


def test_the_reply_of_the_judge_stands_as_it_came() -> None:
    found = judged(correct=True, score=4.0, raw=HOSTILE)
    assert (found.outcome, found.raw, found.score, found.by) == ("right", HOSTILE, 4.0, "openai:judge")


@pytest.mark.parametrize(
    ("status", "correct", "outcome"),
    [
        ("error", None, "judge failed"),
        ("unjudged", None, "unjudged"),
        ("unparsed", False, "unparsed"),
        ("unparsed", None, "left out"),
        ("judged", False, "wrong"),
    ],
)
def test_what_became_of_it_is_told_apart(status: str, correct: bool | None, outcome: str) -> None:
    assert judged(status=status, correct=correct).outcome == outcome


def test_latency_counts_as_slow_only_where_there_is_one() -> None:
    assert not answer_of(Entry(ROW, None, an_answer_to(ROW, "red"), None), (), ScoringSpec(), 0).slow
    timed = an_answer_to(ROW, "red", answer_latency_ns=5)
    assert answer_of(Entry(ROW, None, timed, None), (), ScoringSpec(), 5).slow
