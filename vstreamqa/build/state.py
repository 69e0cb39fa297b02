"""What tells that a file or a folder has changed, without reading it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path


def state_of(path: Path) -> str:
    """Return a text that changes with a file, or with any file of a folder; empty if there is nothing.

    It stays the same when they are moved, or copied with their times.
    """
    if path.is_dir():
        return state_of_files(sorted(path.iterdir()))
    if not path.is_file():
        return ""
    facts = path.stat()
    return f"{facts.st_size}-{facts.st_mtime_ns}"


def state_of_files(paths: Iterable[Path]) -> str:
    """Return a text that changes with any of some files, or with their names."""
    digest = hashlib.sha256()
    for path in paths:
        facts = path.stat() if path.exists() else path.lstat()
        digest.update(f"{path.name} {facts.st_size}-{facts.st_mtime_ns}\n".encode())
    return digest.hexdigest()[:16]
