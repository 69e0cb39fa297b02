"""OVO-Bench: substrings and digits. A response that is missing is wrong.

Backward and real-time: the gold's letter, a capital, stands anywhere in the response, so that "A cat, B" is right for A
and for B. REC: all digits of the response, joined, are the count: "1 or 2" is 12. SSR and CRR: "Yes" or "No" stands
anywhere in the response, or the response is just "Y" or "N".
"""

from __future__ import annotations

import re

from vstreamqa.letters import letter_of
from vstreamqa.schema import Question
from vstreamqa.scoring.golds import gold_counts, gold_option
from vstreamqa.scoring.ruling import Ruling, judged

LETTER = "native/letter-substring"
DIGITS = "native/joined-digits"
POLARITY = "native/yes-no-substring"


def by_ovo_bench(question: Question, response: str | None) -> Ruling:
    """Rule on a question by its format."""
    said = response or ""
    if question.format == "choice":
        return _by_letter(question, said)
    if question.format == "count":
        return _by_digits(question, said)
    return _by_polarity(question, said)


def _by_letter(question: Question, said: str) -> Ruling:
    index = gold_option(question)
    letter = letter_of(index) if index is not None else ""
    right = bool(letter) and letter in said
    return judged(LETTER, right, letter if right else None)


def _by_digits(question: Question, said: str) -> Ruling:
    digits = "".join(re.findall(r"\d+", said))
    return judged(DIGITS, digits in {str(count) for count in gold_counts(question)}, digits or None)


def _by_polarity(question: Question, said: str) -> Ruling:
    gold = "Yes" if (question.answer or "").strip().lower().startswith("yes") else "No"
    return judged(POLARITY, gold in said or said == gold[0], said[:3] or None)
