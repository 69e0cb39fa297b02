"""StreamingBench: the first character of the response is the gold's letter.

What is empty or missing is dropped from the denominator. Leading blanks are not taken off: " A" is wrong.
"""

from __future__ import annotations

from vstreamqa.letters import letter_of
from vstreamqa.schema import Question
from vstreamqa.scoring.golds import gold_option
from vstreamqa.scoring.ruling import Ruling, judged, left_out

RULE = "native/first-character"


def by_first_character(question: Question, response: str | None) -> Ruling:
    """Rule on a choice."""
    if not response:
        return left_out(RULE)
    index = gold_option(question)
    return judged(RULE, index is not None and response[0] == letter_of(index), response[0])
