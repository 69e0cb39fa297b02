"""Read the fields of annotation rows, each fault with the field, the value and the remedy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from vstreamqa.build.vstream_qa.records import Footage, Mark, read_mark
from vstreamqa.suites.check import shown
from vstreamqa.suites.paths import name_problem


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
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise ValueError(f"{names[0]} holds half of a surrogate pair; write the character itself") from error
    return value.strip()


def name_field(row: Mapping[str, Any], *names: str) -> str:
    """Return the first of some fields that is given, as text that can be the name of a file.

    Raises:
        ValueError: none of them is given, or it could lead elsewhere.
    """
    name = text_field(row, *names)
    problem = name_problem(name)
    if problem is not None:
        raise ValueError(f"{names[0]} {shown(name)} {problem}")
    return name


def count_field(row: Mapping[str, Any], name: str) -> int | None:
    """Return a field as a whole number above 0, None if it is not given.

    Raises:
        ValueError: it is something else.
    """
    value = row.get(name)
    if value is None:
        return None
    if isinstance(value, str) and value.strip().isdecimal():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int | float) or value != int(value) or value <= 0:
        raise ValueError(f"{name} {shown(row.get(name))} is no number of frames; give a whole number above 0")
    return int(value)


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
