"""Options of a choice are named by letters: A for the first."""

from __future__ import annotations


def letter_of(index: int) -> str:
    """Return the letter of an option, A for 0."""
    return chr(ord("A") + index)
