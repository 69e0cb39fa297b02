"""JSON Lines that survive a kill: a line is written in one call, and a torn last line is dropped on reading."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import TypeVar

import msgspec

from vstreamqa.atomic import write_atomically
from vstreamqa.errors import UserError

T = TypeVar("T", bound=msgspec.Struct)


def encode_line(record: msgspec.Struct) -> bytes:
    """Return a record as one line of JSON."""
    return msgspec.json.encode(record) + b"\n"


def read_lines(path: Path, kind: type[T]) -> list[T]:
    """Read every whole line of a file; a missing file has none.

    Raises:
        UserError: a whole line is not a record of this kind; the message names file, line and field.
    """
    if not path.exists():
        return []
    decoder = msgspec.json.Decoder(kind)
    records = []
    for number, line in enumerate(_whole_lines(path.read_bytes()), start=1):
        try:
            records.append(decoder.decode(line))
        except msgspec.DecodeError as error:
            raise UserError(
                f"{path}, line {number}: not a {kind.__name__} row: {error}; "
                "mend or remove the line, or start anew with --fresh"
            ) from error
    return records


def read_cache(path: Path, kind: type[T]) -> list[T]:
    """Read the lines of a file that can be made again; one that cannot be read is removed, and has none."""
    try:
        return read_lines(path, kind)
    except UserError:
        path.unlink()
        return []


def _whole_lines(content: bytes) -> list[bytes]:
    return content.split(b"\n")[:-1]


class Appender:
    """Appends records to a file; what was appended is in the file when `append` returns."""

    def __init__(self, path: Path) -> None:
        """Open a file for appending, cutting off a torn last line first."""
        _cut_torn_line(path)
        self._path = path
        self._file = open(path, "ab", buffering=0)  # noqa: SIM115  # held open for the whole run

    def append(self, record: msgspec.Struct) -> None:
        """Write one line, in one call."""
        line = encode_line(record)
        if self._file.write(line) != len(line):
            raise OSError(f"{self._path}: a line was written only in part; is the disk full?")

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def _cut_torn_line(path: Path) -> None:
    if not path.exists():
        return
    content = path.read_bytes()
    whole = content.rfind(b"\n") + 1
    if whole < len(content):
        os.truncate(path, whole)


def rewrite_lines(path: Path, records: Iterable[msgspec.Struct]) -> None:
    """Replace a file's lines at once."""
    write_atomically(path, b"".join(encode_line(record) for record in records))
