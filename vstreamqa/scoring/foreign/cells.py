"""What a column must hold, and what is said where it does not."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

from vstreamqa.errors import UserError
from vstreamqa.schema import Value
from vstreamqa.scoring.foreign.lines import Line


def required(line: Line, column: str) -> Any:
    """Return what stands in a column.

    Raises:
        UserError: the row has no such column.
    """
    if column not in line.values:
        raise UserError(f"{line.place}: column {column!r} is missing; write it for every row")
    return line.values[column]


def text(line: Line, column: str) -> str:
    """Return the text of a column; a whole number (an id) is written out.

    Raises:
        UserError: it is missing, empty or something else.
    """
    value = required(line, column)
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if not isinstance(value, str) or not value.strip():
        raise fault(line, column, value, "text that is not empty")
    return value


def said(line: Line, column: str) -> str | None:
    """Return a prediction as it stands; None where nothing was said: no column, null, NaN.

    Raises:
        UserError: it is neither text nor nothing.
    """
    value = line.values.get(column)
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return None
    if not isinstance(value, str):
        raise fault(line, column, value, "text")
    return value


def whole(line: Line, column: str, value: Any) -> int:
    """Return a whole number.

    Raises:
        UserError: it is none.
    """
    if not isinstance(value, int) or isinstance(value, bool):
        raise fault(line, column, value, "a whole number")
    return value


def position(line: Line, column: str) -> Value:
    """Return a time in seconds, 0 where the column is not there.

    Raises:
        UserError: it is no number, or below 0.
    """
    value = line.values.get(column, 0)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < math.inf:
        raise fault(line, column, value, "seconds, 0 or more")
    return value


def label(line: Line, columns: Iterable[str]) -> str | None:
    """Return the category in the first of some columns that has one; several in a list are joined by ", ".

    Raises:
        UserError: it is neither text, a whole number nor a list of texts.
    """
    for column in columns:
        value = line.values.get(column)
        if value is None or value == "":
            continue
        parts = value if isinstance(value, list) else [value]
        if not parts or any(isinstance(part, bool) or not isinstance(part, str | int) for part in parts):
            raise fault(line, column, value, "the name of a category, or a list of them")
        return ", ".join(str(part).strip() for part in parts)
    return None


def fault(line: Line, column: str, value: Any, wanted: str) -> UserError:
    """Return the error of a column that holds something else than it should."""
    shown = repr(value)
    return UserError(
        f"{line.place}: column {column!r} holds {shown if len(shown) <= 60 else shown[:57] + '...'}; "
        f"{wanted} is wanted: correct the row"
    )
