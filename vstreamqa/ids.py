"""Names for questions that have none."""

from __future__ import annotations

import hashlib
from decimal import Decimal

from vstreamqa.schema import Value

_SEPARATOR = "\x1f"
_DIGITS = 16


def question_id(source_id: str, start: Value, end: Value, question: str, answer: str | None) -> str:
    """Return the id of a question whose suite gives it none of its own.

    The first 16 hexadecimal digits of the SHA-256 of the five, joined by the unit separator (U+001F): numbers in
    their shortest decimal form (4 for 4.0), texts stripped, nothing for an answer that is not known.
    """
    parts = (source_id.strip(), shortest(start), shortest(end), question.strip(), (answer or "").strip())
    return hashlib.sha256(_SEPARATOR.join(parts).encode()).hexdigest()[:_DIGITS]


def shortest(number: Value) -> str:
    """Write a number in its shortest decimal form, never with an exponent: 4 for 4.0, 0.5 for 0.50."""
    text = format(Decimal(repr(number)), "f")
    return (text.rstrip("0").rstrip(".") or "0") if "." in text else text
