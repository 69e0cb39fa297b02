"""One file published in pieces, as `split` makes them, read as if they were joined."""

from __future__ import annotations

import errno
import io
import os
import re
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING

from vstreamqa.errors import UserError

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_HANDLES = 4
"""How many pieces are held open at once."""
_PIECE = re.compile(r"\.part(?!ial)([a-z]{2,3})")
"""What `split` adds to a name; `.partial` is a download that has not ended."""


class Pieces(io.RawIOBase):
    """The content of several files, one after the other, read-only; not safe to share between threads by itself.

    Attributes:
        size: bytes of all of them.

    Raises:
        OSError: a file cannot be read.
    """

    def __init__(self, paths: Sequence[Path]) -> None:
        super().__init__()
        self._paths = tuple(paths)
        self._starts = tuple(accumulate((_size(path) for path in paths), initial=0))
        self._at = 0
        self._handles: dict[int, io.FileIO] = {}
        self.size = self._starts[-1]

    def readable(self) -> bool:
        """Say yes."""
        return True

    def seekable(self) -> bool:
        """Say yes."""
        return True

    def tell(self) -> int:
        """Return the position, in bytes."""
        self._refuse_if_closed()
        return self._at

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        """Move to a position, which may lie beyond the end; return it."""
        self._refuse_if_closed()
        at = offset + {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self.size}[whence]
        if at < 0:
            raise OSError(errno.EINVAL, "position before the first byte")
        self._at = at
        return at

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        """Fill the buffer up to the end of the current piece; return how many bytes that was, 0 at the end of all."""
        self._refuse_if_closed()
        if self._at >= self.size:
            return 0
        piece = bisect_right(self._starts, self._at) - 1
        handle = self._handle(piece)
        handle.seek(self._at - self._starts[piece])
        count = handle.readinto(memoryview(buffer).cast("B")[: self._starts[piece + 1] - self._at]) or 0
        self._at += count
        return count

    def close(self) -> None:
        """Close every piece."""
        # A constructor that failed is closed too, when it is collected.
        for handle in getattr(self, "_handles", {}).values():
            handle.close()
        super().close()

    def _handle(self, piece: int) -> io.FileIO:
        handle = self._handles.pop(piece, None) or self._paths[piece].open("rb", buffering=0)
        self._handles[piece] = handle
        if len(self._handles) > _HANDLES:
            self._handles.pop(next(iter(self._handles))).close()
        return handle

    def _refuse_if_closed(self) -> None:
        if self.closed:
            raise ValueError("the pieces are closed")


def _size(path: Path) -> int:
    """Return the bytes of a file; opening it tells at once whether it can be read."""
    with path.open("rb", buffering=0) as file:
        return file.seek(0, os.SEEK_END)


def find_pieces(folder: Path, stem: str) -> tuple[Path, ...]:
    """Return the files that make up an archive, in order.

    That is `<stem>.zip`, or `<stem>.partaa`, `<stem>.partab` and so on (also `<stem>.zip.partaa`), with two or three
    letters counted as `split` counts them. Whether the last piece is there only the archive itself can say.

    Args:
        folder: where they lie.
        stem: name of the archive, e.g. "ego4d_frames_online".

    Returns:
        the files; nothing if there are none.

    Raises:
        UserError: a piece is missing between others, or the archive is there in more than one form.
    """
    several = _series(folder, stem)
    if len(several) > 1:
        names = " and ".join(series[0].name for series in several)
        raise UserError(f"{folder}: {stem} is there in more than one form ({names}); remove all but one of them")
    series = several[0] if several else ()
    for number, path in enumerate(series):
        _refuse_gap(path, number)
    return tuple(series)


def _series(folder: Path, stem: str) -> Sequence[Sequence[Path]]:
    """Return the files of an archive, those together that differ only in their letters, in order."""
    form = re.compile(rf"{re.escape(stem)}(?:\.zip|(?:\.zip)?{_PIECE.pattern})")
    series: dict[tuple[str, int], list[Path]] = {}
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if form.fullmatch(path.name) and path.is_file():
            series.setdefault((path.stem, len(path.suffix)), []).append(path)
    return list(series.values())


def _refuse_gap(path: Path, number: int) -> None:
    """Raise `UserError` if a file is not the one that comes after `number` others."""
    letters = _PIECE.fullmatch(path.suffix)
    expected = _letters(number, len(letters[1])) if letters else ""
    if letters and letters[1] != expected:
        missing = path.with_suffix(f".part{expected}")
        raise UserError(f"{missing}: missing, and {path.name} is there; fetch it too")


def _letters(number: int, length: int) -> str:
    """Return the letters that `split` gives to a piece, counted from 0."""
    return "".join(chr(ord("a") + number // 26**place % 26) for place in reversed(range(length)))
