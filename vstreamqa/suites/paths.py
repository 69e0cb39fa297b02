"""Names out of annotations that become parts of paths: only such as lead to nothing else."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

_LONGEST = 200
"""Bytes of one part; file systems take 255, and suffixes and temporary names are still to come."""
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def name_problem(name: str) -> str | None:
    """Say why a text cannot be the name of a file or folder, a clause, or None if it can."""
    if "/" in name or "\\" in name or name in ("", ".", ".."):
        return "cannot be a file's name; give one without folders"
    return _part_problem(name)


def path_problem(path: str) -> str | None:
    """Say why a text cannot be a path below a folder, a clause, or None if it can."""
    parts = PurePosixPath(path).parts
    if not parts or path.startswith("/") or "\\" in path or ".." in parts:
        return "leads out of its folder; give a path below it"
    return next((problem for part in parts if (problem := _part_problem(part)) is not None), None)


def _part_problem(part: str) -> str | None:
    if _CONTROL.search(part):
        return "holds a control character; correct it"
    try:
        size = len(part.encode())
    except UnicodeEncodeError:
        return "holds half of a surrogate pair; write the character itself"
    return f"is {size} bytes long, {_LONGEST} at most can be a name" if size > _LONGEST else None
