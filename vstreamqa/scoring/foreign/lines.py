"""The rows of a file that somebody else wrote, each with the place where it stands."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vstreamqa.errors import UserError


@dataclass(frozen=True, slots=True)
class Line:
    """One row.

    Attributes:
        place: file and line (or row, in a JSON list), for messages.
        values: what stands there, by column.
    """

    place: str
    values: Mapping[str, Any]


def read_text(path: Path) -> str:
    """Return the text of a file, without a byte order mark.

    Raises:
        UserError: it cannot be read, is not UTF-8, or is empty.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise UserError(f"{path}: cannot be read ({error.strerror}); name a file of predictions") from error
    except UnicodeDecodeError as error:
        raise UserError(f"{path}: byte {error.start} is not UTF-8; save the file as UTF-8") from error
    if not text.strip():
        raise UserError(f"{path}: is empty; name the file that the predictions were written to")
    return text


def is_json(text: str) -> bool:
    """Say whether a text begins as JSON does, in one piece or line by line; else it is taken for CSV."""
    return text.lstrip()[:1] in ("{", "[")


def json_value(path: Path, text: str) -> Any | None:
    """Return the one JSON value that a text holds, or None if it holds several (JSON Lines) or a torn one."""
    try:
        value = json.loads(text, object_pairs_hook=_once(str(path)))
    except (ValueError, RecursionError):
        return None
    return _unicode(str(path), value)


def json_lines(path: Path, text: str) -> list[Line]:
    """Return the objects of a JSON list, or of a file that has one object a line.

    Raises:
        UserError: something in it is no object, or cannot be read.
    """
    value = json_value(path, text)
    if isinstance(value, list):
        return [_line(f"{path}, row {number}", row) for number, row in enumerate(value, 1)]
    if text.lstrip().startswith("["):
        raise UserError(f"{path}: begins as a JSON list and does not end as one; is it cut off? Write it again")
    # Not splitlines: a string may hold a separator, such as U+2028, that is not the end of a line.
    lines = [(f"{path}, line {number}", line) for number, line in enumerate(text.split("\n"), 1) if line.strip()]
    return [_line(place, _decoded(place, line)) for place, line in lines]


def csv_lines(path: Path, text: str) -> list[Line]:
    """Return the rows of a CSV file with a header; a row's place is the line it begins on.

    Raises:
        UserError: a column stands twice, a row has another number of cells, or quotes are not closed.
    """
    # A cell may hold a whole answer; the default limit is 128 KiB, and it is one for the whole process.
    limit = csv.field_size_limit(sys.maxsize)
    try:
        return list(_csv_lines(path, csv.reader(io.StringIO(text, newline=""), strict=True)))
    finally:
        csv.field_size_limit(limit)


def _csv_lines(path: Path, reader: Any) -> Iterator[Line]:
    try:
        header = [name.strip() for name in next(reader, [])]
        _refuse_twice(path, header)
        before = reader.line_num
        for cells in reader:
            place, before = f"{path}, line {before + 1}", reader.line_num
            if not cells:
                continue
            if len(cells) != len(header):
                raise UserError(
                    f"{place}: has {len(cells)} cells where the header has {len(header)}; the row is torn, or a cell "
                    "that holds commas or line breaks is not quoted: write the file again"
                )
            yield Line(place, dict(zip(header, cells, strict=True)))
    except csv.Error as error:
        raise UserError(f"{path}, line {reader.line_num}: not CSV ({error}); the quotes are not closed") from error


def _refuse_twice(path: Path, header: Sequence[str]) -> None:
    twice = next((name for name in header if name and header.count(name) > 1), None)
    if twice is not None:
        raise UserError(f"{path}: column {twice!r} stands twice in the header; leave one out")


def _decoded(place: str, line: str) -> Any:
    try:
        value = json.loads(line, object_pairs_hook=_once(place))
    except (ValueError, RecursionError) as error:
        reason = getattr(error, "msg", error)
        raise UserError(
            f"{place}: not JSON ({reason}); the line is torn or damaged: write it again, or take it out knowingly"
        ) from error
    return _unicode(place, value)


def _unicode(place: str, value: Any) -> Any:
    """Return a value whose text can all be written: JSON can spell half a character."""
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        raise UserError(f"{place}: holds half of a surrogate pair; write the character itself") from error
    return value


def _line(place: str, value: Any) -> Line:
    if not isinstance(value, dict):
        raise UserError(f"{place}: is no object but {str(value)[:40]!r}; every row has its columns by name")
    return Line(place, value)


def _once(place: str) -> Any:
    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(items)
        if len(found) < len(items):
            names = [name for name, _ in items]
            twice = next(name for name in names if names.count(name) > 1)
            raise UserError(f"{place}: {twice!r} stands twice in one object; leave one out")
        return found

    return pairs
