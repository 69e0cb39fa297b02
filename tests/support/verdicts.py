"""Rows with verdicts, in a few words."""

from __future__ import annotations

from typing import Any

from scored import a_question

from vstreamqa.schema import Verdict
from vstreamqa.scoring.averages import Scored


def scored_row(
    correct: bool | None,
    category: str | None = None,
    *,
    question_id: str = "q",
    status: str | None = None,
    score: float | None = None,
    by: str = "native/rule",
    **fields: Any,
) -> Scored:
    given: dict[str, Any] = {"status": status or ("unjudged" if correct is None else "judged")}
    verdict = Verdict(
        suite="s", config="c", question_id=question_id, control=None, correct=correct, score=score, by=by, **given
    )
    return Scored(a_question(question_id, category=category, **fields), verdict)


def many(right: int, of: int, category: str | None = None, **fields: Any) -> list[Scored]:
    return [scored_row(number < right, category, question_id=f"{category}_{number}", **fields) for number in range(of)]
