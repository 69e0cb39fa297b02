"""Flash-VStream-Qwen, multiple choice: the first capital from A to E anywhere in the response, else a random one.

So "Based on ..." is B and "Answer: C" is A. The original draws its letter without a seed; here it follows from the seed
and the question's id, so that it is the same every time. Rows that are missing are not in the denominator.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable

from vstreamqa.letters import letter_of
from vstreamqa.schema import Question
from vstreamqa.scoring.golds import gold_option
from vstreamqa.scoring.ruling import Ruling, judged, left_out

RULE = "native/first-a-to-e"
FALLBACK = "native/first-a-to-e (random fallback, seeded)"
_LETTERS = "ABCDE"


def by_first_a_to_e(seed: int) -> Callable[[Question, str | None], Ruling]:
    """Return the rule on choices with a seed for the letters that are drawn."""

    def rule(question: Question, response: str | None) -> Ruling:
        if response is None:
            return left_out(RULE)
        found = re.search(f"[{_LETTERS}]", response)
        letter = found.group() if found else drawn_letter(seed, question.question_id)
        index = gold_option(question)
        return judged(RULE if found else FALLBACK, index is not None and letter == letter_of(index), letter)

    return rule


def drawn_letter(seed: int, question_id: str) -> str:
    """Return one of five letters, from the SHA-256 of the seed and the id, joined by the unit separator."""
    digest = hashlib.sha256(f"{seed}\x1f{question_id}".encode()).digest()
    return _LETTERS[int.from_bytes(digest, "big") % len(_LETTERS)]
