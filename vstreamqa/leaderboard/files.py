"""Files of the leaderboard's folder: read whole, and refused with the file and the field."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

import msgspec

from vstreamqa.errors import UserError

T = TypeVar("T")


def read_file(path: Path, kind: type[T]) -> T:
    """Read a JSON or YAML file as a record.

    Raises:
        UserError: it cannot be read, or is no such record; the message names the file and the field.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UserError(f"{path}: cannot be read ({error.strerror})") from error
    try:
        if path.suffix == ".json":
            return msgspec.json.decode(content, type=kind)
        return msgspec.yaml.decode(content, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise UserError(f"{path}: {error}") from error


def ordered(folder: Path, suffix: str = ".json") -> list[Path]:
    """Return the files of a folder that end so, by name; none if there is no folder."""
    return sorted((path for path in folder.glob(f"*{suffix}") if path.is_file()), key=lambda path: path.name)
