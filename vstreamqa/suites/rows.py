"""Rows of a file that a user wrote: a JSON list, JSON Lines or CSV."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vstreamqa.errors import UserError, suggestion

_NUMBER = re.compile(r"[-+]?(\d{1,300}(\.\d{0,300})?|\.\d{1,300})([eE][-+]?\d{1,9})?", re.ASCII)
_SEPARATOR = "|"


@dataclass(frozen=True, slots=True)
class Row:
    """One row.

    Attributes:
        number: counted from 1; a header is no row.
        value: what stands there; an object, unless the user erred.
        problem: why it could not be read as it should, or None.
    """

    number: int
    value: Any
    problem: str | None = None


def read_rows(path: Path) -> list[Row]:
    """Read a file of rows, by its suffix: .json, .jsonl or .csv.

    An empty CSV cell is a field that is not given; the cells of `options` and `evidence` are split at `|`, or hold a
    JSON list.

    Raises:
        UserError: the file cannot be read at all, or holds no row.
    """
    read = _READERS.get(path.suffix.lower())
    if read is None:
        raise UserError(f"{path}: not a questions file{suggestion(path.suffix, _READERS)}")
    rows = list(read(path, _text(path)))
    if not rows:
        raise UserError(f"{path}: holds no question; give at least one row")
    return rows


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise UserError(f"{path}: cannot be read ({error.strerror}); name a file of questions") from error
    except UnicodeDecodeError as error:
        raise UserError(f"{path}: byte {error.start} is not UTF-8; save the file as UTF-8") from error


def _json_rows(path: Path, text: str) -> Iterator[Row]:
    try:
        rows = json.loads(text, object_pairs_hook=_object)
    except json.JSONDecodeError as error:
        raise UserError(f"{path}: line {error.lineno}: not JSON ({error.msg}); write a list of objects") from error
    except (ValueError, RecursionError) as error:
        raise UserError(f"{path}: not JSON that can be read ({error}); write a list of objects") from error
    if not isinstance(rows, list):
        raise UserError(f"{path}: holds no list; write a JSON list of objects, or one object a line in a .jsonl file")
    yield from (_row(number, value) for number, value in enumerate(rows, 1))


def _line_rows(path: Path, text: str) -> Iterator[Row]:
    number = 0
    # Not splitlines: a string may hold a separator, such as U+2028, that is not the end of a line.
    for line_number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        number += 1
        try:
            yield _row(number, json.loads(line, object_pairs_hook=_object))
        except (ValueError, RecursionError) as error:
            reason = getattr(error, "msg", error)
            yield Row(number, None, f"line {line_number} is not JSON ({reason}); write one object a line")


def _csv_rows(path: Path, text: str) -> Iterator[Row]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = [name.strip() for name in next(reader, [])]
        twice = next((name for name in header if header.count(name) > 1), None)
        if twice is not None:
            raise UserError(f"{path}: column {twice!r} stands twice in the header; leave one out")
        lines = [cells for cells in reader if cells]
    except csv.Error as error:
        raise UserError(f"{path}: line {reader.line_num}: not CSV ({error}); check the quotes") from error
    for number, cells in enumerate(lines, 1):
        if len(cells) != len(header):
            problem = f"has {len(cells)} cells where the header has {len(header)}; quote cells that hold commas"
            yield Row(number, None, problem)
        else:
            filled = {name: cell for name, cell in zip(header, cells, strict=True) if cell.strip()}
            yield Row(number, {name: _CELLS.get(name, str)(cell) for name, cell in filled.items()})


_READERS: Mapping[str, Callable[[Path, str], Iterator[Row]]] = {
    ".json": _json_rows,
    ".jsonl": _line_rows,
    ".csv": _csv_rows,
}


class _Twice(dict[str, Any]):
    """An object in which a key stands twice."""

    key: str


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    plain = dict(pairs)
    if len(plain) == len(pairs):
        return plain
    keys = [key for key, _ in pairs]
    twice = _Twice(plain)
    twice.key = next(key for key in keys if keys.count(key) > 1)
    return twice


def _row(number: int, value: Any) -> Row:
    if isinstance(value, _Twice):
        return Row(number, value, f"field {value.key!r} stands twice; leave one out")
    return Row(number, value)


def _number(cell: str) -> Any:
    """Return the number of a cell; what is none stays text, to be complained about with the row's other faults."""
    cell = cell.strip()
    if not _NUMBER.fullmatch(cell):
        return cell
    return int(cell) if cell.lstrip("+-").isdigit() else float(cell)


def _list(cell: str) -> Any:
    if cell.lstrip().startswith("["):
        try:
            return json.loads(cell)
        except json.JSONDecodeError:
            return cell
    return [part.strip() for part in cell.split(_SEPARATOR)]


def _numbers(cell: str) -> Any:
    parts = _list(cell)
    return [_number(part) if isinstance(part, str) else part for part in parts] if isinstance(parts, list) else parts


_CELLS: Mapping[str, Callable[[str], Any]] = {"time": _number, "options": _list, "evidence": _numbers}
