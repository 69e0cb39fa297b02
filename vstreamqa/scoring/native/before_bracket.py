"""ReKV and HERMES, multiple choice: the character before the first ")", else the first character.

The second half is our reading: what the original does with an answer that has no ")" is not in the specification.
"""

from __future__ import annotations

from vstreamqa.letters import letter_of
from vstreamqa.schema import Question
from vstreamqa.scoring.golds import gold_option
from vstreamqa.scoring.ruling import Ruling, judged

RULE = "native/before-bracket"


def letter_before_bracket(response: str) -> str | None:
    """Return the character that is taken for the answer's letter, or None if there is none."""
    answer = response.strip()
    place = answer.find(")")
    return (answer[place - 1 : place] if place >= 0 else answer[:1]) or None


def by_bracket(question: Question, response: str | None) -> Ruling:
    """Rule on a choice; an answer without such a character is wrong."""
    letter = letter_before_bracket(response or "")
    index = gold_option(question)
    return judged(RULE, index is not None and letter == letter_of(index), letter)
