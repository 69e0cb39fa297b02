"""What an average is made of."""

from __future__ import annotations

from dataclasses import dataclass

from vstreamqa.schema import Question, Verdict


@dataclass(frozen=True, slots=True)
class Scored:
    """A question and what became of its answer; None if it has no verdict yet."""

    question: Question
    verdict: Verdict | None
