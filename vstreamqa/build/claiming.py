"""Hold the folder of a suite for one build, and know what stands there already."""

from __future__ import annotations

import contextlib
import errno
from collections.abc import Iterator
from pathlib import Path

from filelock import FileLock, Timeout

from vstreamqa.build.draft import WORK
from vstreamqa.errors import UserError
from vstreamqa.suites.built import read_table
from vstreamqa.suites.form import DATA, MEDIA, STREAMS, SuiteIndex, read_index, stream_of


@contextlib.contextmanager
def claimed(out: Path, suite: str) -> Iterator[None]:
    """Hold a folder for one build.

    Raises:
        UserError: it holds something else than this suite, cannot be written to, or another build works on it.
    """
    _check_folder(out, suite)
    lock = FileLock(out / WORK / "lock")
    try:
        (out / WORK).mkdir(parents=True, exist_ok=True)
        lock.acquire(timeout=0)
    except Timeout as error:
        raise UserError(f"{out}: another build works on this folder; wait for it, or name another --out") from error
    except OSError as error:
        raise UserError(f"{out}: cannot be written to ({error.strerror}); name another --out") from error
    try:
        yield
    finally:
        lock.release()


@contextlib.contextmanager
def named_errors(out: Path) -> Iterator[None]:
    """Name the folder in an error of the disk that names nothing, as that of a full one does."""
    try:
        yield
    except OSError as error:
        if error.filename is not None:
            raise
        raise OSError(error.errno or errno.EIO, " ".join((error.strerror or str(error)).split()), str(out)) from error


def _check_folder(out: Path, suite: str) -> None:
    if out.exists() and not out.is_dir():
        raise UserError(f"{out}: is a file; name a folder with --out")
    if not out.is_dir():
        return
    for name in (WORK, DATA, MEDIA):
        # What is swept and written there must be the suite's own.
        if (out / name).is_symlink():
            raise UserError(f"{out / name}: is a link; remove it, so that nothing is written somewhere else")
    found = _standing(out)
    if found is not None and found[0].suite != suite:
        raise UserError(f"{out}: holds the suite {found[0].suite!r}; name another --out for {suite!r}")
    if found is None and not (out / WORK).is_dir() and any(out.iterdir()):
        raise UserError(f"{out}: is not empty, and no suite was built there; name an empty folder with --out")


def shown_media(out: Path) -> Iterator[str]:
    """Yield the paths of the media that the suite standing at a folder shows; none of one that cannot be read."""
    found = _standing(out)
    if found is None:
        return
    index, edition = found
    for name, entry in index.configs.items():
        if entry.data_hash is not None:
            with contextlib.suppress(UserError):
                yield from [built.stream.media.path for built in read_table(edition / name / STREAMS, stream_of)]


def _standing(out: Path) -> tuple[SuiteIndex, Path] | None:
    """Return the suite that stands at a folder; one that cannot be read is there to be built again."""
    try:
        return read_index(out)
    except UserError:
        return None
