"""Options of a choice are named by letters: A for the first."""

from __future__ import annotations

import re


def letter_of(index: int) -> str:
    """Return the letter of an option, A for 0."""
    return chr(ord("A") + index)


def without_letter(option: str, index: int) -> str:
    """Return an option's text without the letter that some suites write before it ("B. red", "(B) red")."""
    return re.sub(rf"^\s*(?:\({letter_of(index)}\)|{letter_of(index)}[.):])\s+", "", option)
