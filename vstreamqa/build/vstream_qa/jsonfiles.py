"""Read the fields of annotation rows, each fault with the field, the value and the remedy."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from vstreamqa.build.vstream_qa.records import Footage, Mark, read_mark
from vstreamqa.errors import UserError
from vstreamqa.suites.check import shown


def read_list(path: Path) -> list[Any]:
    """Return the list that a JSON file holds.

    Raises:
        UserError: it cannot be read, or holds something else.
    """
    try:
        rows = json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError, RecursionError) as error:
        raise UserError(f"{path}: cannot be read as JSON ({error}); fetch the annotations again") from error
    if not isinstance(rows, list):
        raise UserError(f"{path}: holds no list of rows; fetch the annotations again")
    return rows


def fields_of(row: Any) -> Mapping[str, Any]:
    """Return a row as fields.

    Raises:
        ValueError: it is no object.
    """
    if not isinstance(row, dict):
        raise ValueError(f"{shown(row)} is no object with fields")  # noqa: TRY004 - every fault of a row is one kind
    return row


def text_field(row: Mapping[str, Any], *names: str) -> str:
    """Return the first of some fields that is given, as text without space around it.

    Raises:
        ValueError: none of them is given, or it is empty or no text.
    """
    value = field(row, *names)
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"{names[0]} {shown(value)} is no text; write some")
    return value.strip()


def field(row: Mapping[str, Any], *names: str) -> Any:
    """Return the first of some fields that is given.

    Raises:
        ValueError: none of them is.
    """
    for name in names:
        if row.get(name) is not None:
            return row[name]
    raise ValueError(f"{names[0]} is missing; fetch the annotations again")


def mark_field(row: Mapping[str, Any], footage: Footage, *names: str) -> Mark:
    """Return the first of some fields that is given, as a position.

    Raises:
        ValueError: none of them is given, or it is no position.
    """
    value = field(row, *names)
    try:
        return read_mark(value, footage)
    except ValueError as error:
        raise ValueError(f"{names[0]} {error}") from error
