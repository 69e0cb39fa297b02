"""What a field of a measured sample must hold."""

from __future__ import annotations

import math
from typing import Any

from vstreamqa.scoring.foreign.cells import fault, required
from vstreamqa.scoring.foreign.lines import Line


def number(line: Line, column: str, *, least: float = 0.0, most: float = math.inf) -> float:
    """Return a number within bounds, both included.

    Raises:
        UserError: it is missing, none, or out of bounds.
    """
    value = required(line, column)
    if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
        raise fault(line, column, value, f"a number from {least:g} to {most:g}")
    return float(value)


def texts(line: Line, column: str, value: Any) -> list[str]:
    """Return a list of texts, not empty.

    Raises:
        UserError: it is none.
    """
    if not isinstance(value, list) or not value or not all(isinstance(text, str) for text in value):
        raise fault(line, column, value, "a list of texts")
    return value


def labels(line: Line, column: str, value: Any, length: int) -> list[int]:
    """Return a list of labels of a given length.

    Raises:
        UserError: it is none.
    """
    if not isinstance(value, list) or len(value) != length or any(type(label) is not int for label in value):
        raise fault(line, column, value, f"a list of {length} whole numbers")
    return value
