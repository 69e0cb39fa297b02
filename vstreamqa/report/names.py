"""Names as they are shown: nothing in them steers a terminal or turns a line around, and none fills it alone."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable

LONGEST = 48
"""Characters of a name in a terminal table or a plot; what the program itself calls an arm has fewer."""
_ESCAPED = {"Cc", "Cf", "Cs", "Zl", "Zp"}
_JOINERS = "\u200c\u200d"
"""Letters of some scripts, and emoji, are written with these format characters."""


def visible(text: str, keep: str = "") -> str:
    """Return a text with control characters, line breaks and marks of direction written as escapes, as in Python.

    Args:
        text: what a suite, a model or a user wrote.
        keep: characters that stay as they are.
    """
    return "".join(one if one in keep or not _steers(one) else _escape(one) for one in text)


def short_names(names: Iterable[str]) -> dict[str, str]:
    """Return how to show names: long ones without their middle, unless others would then be called the same."""
    shown = {name: _shortened(name) for name in names}
    often = Counter(shown.values())
    return {name: short if often[short] == 1 else name for name, short in shown.items()}


def _shortened(name: str) -> str:
    if len(name) <= LONGEST:
        return name
    tail = (LONGEST - 1) // 2
    return f"{name[: LONGEST - 1 - tail]}…{name[-tail:]}"


def _steers(character: str) -> bool:
    return character not in _JOINERS and unicodedata.category(character) in _ESCAPED


def _escape(character: str) -> str:
    return character.encode("unicode_escape").decode()
