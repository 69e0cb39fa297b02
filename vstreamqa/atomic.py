"""Make a file or a folder whole, or not at all."""

from __future__ import annotations

import glob
import os
import shutil
import tempfile
import time
import uuid
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from vstreamqa.errors import UserError

_ABANDONED = 3600.0
"""Seconds after which what a killed build left behind is removed."""


def build_once(folder: Path, build: Callable[[Path], None]) -> Path:
    """Return a folder, made by `build` if it is not there yet.

    `build` fills a temporary folder beside the final one, which then gets its name in one step: a build that is killed
    leaves nothing under that name, and of two builds at once the first to finish wins.

    Args:
        folder: the folder wanted.
        build: fills the empty folder it is given.

    Raises:
        UserError: the folder's parent cannot be written to.
    """
    if folder.is_dir():
        return folder
    temporary = _temporary_beside(folder)
    try:
        build(temporary)
        _give_name(temporary, folder)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return folder


def write_atomically(path: Path, content: bytes) -> None:
    """Put content under a name at once: a reader finds the old file or the new one, never half of one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def remove(path: Path) -> None:
    """Remove a file, a link or a folder with all it holds, if it is there."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def hidden_beside(path: Path) -> Path:
    """Return a hidden name beside a path that nobody else uses, to make something under before it gets its name."""
    return path.with_name(f"{_hidden_prefix(path)}{uuid.uuid4().hex}")


def _hidden_prefix(path: Path) -> str:
    return f".{path.name}-building-"


def _temporary_beside(folder: Path) -> Path:
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        _sweep(folder.parent, _hidden_prefix(folder))
        temporary = hidden_beside(folder)
        temporary.mkdir()
    except OSError as error:
        reason = error.strerror or error
        raise UserError(
            f"{folder.parent}: cannot be written to ({reason}); make it writable, or name another "
            "with VSTREAMQA_CACHE (suites: --data or VSTREAMQA_DATA; builds: --out)"
        ) from error
    return temporary


def _sweep(parent: Path, prefix: str) -> None:
    for left in parent.glob(f"{glob.escape(prefix)}*"):
        with suppress(FileNotFoundError):  # another process may be done with it by now
            if time.time() - left.lstat().st_mtime > _ABANDONED:
                remove(left)


def _give_name(temporary: Path, folder: Path) -> None:
    try:
        temporary.rename(folder)
    except OSError:
        # Another process was faster: a folder that is not empty cannot be replaced.
        if not folder.is_dir():
            raise
