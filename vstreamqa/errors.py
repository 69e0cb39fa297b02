"""The errors a user can meet. Every message names the thing, the place and the remedy, in one line."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

_MOST_CHARACTERS = 300


class VStreamQAError(Exception):
    """Base of every error this package raises on purpose."""


class UserError(VStreamQAError):
    """A mistake in what the user typed or wrote: one line on the terminal, exit code 2."""


class MediaError(VStreamQAError):
    """A video, frame folder, array or feature file that cannot be read, or not to its end.

    Attributes:
        path: the file or folder.
        time: position of the fault on the source axis, in seconds (or rank), or None if nothing was read.
    """

    def __init__(self, message: str, *, path: str, time: float | None = None) -> None:
        super().__init__(message)
        self.path = path
        self.time = time


def suggestion(name: str, known: Iterable[str]) -> str:
    """Return "; did you mean 'x'?" or, if nothing is close, the list of what is known."""
    known = sorted(known)
    close = difflib.get_close_matches(name, known, n=1, cutoff=0.6)
    if close:
        return f"; did you mean {close[0]!r}?"
    return f"; known: {', '.join(known)}" if known else ""


def one_line(text: str) -> str:
    """Return text in one line of readable length."""
    line = " ".join(text.split())
    return line if len(line) <= _MOST_CHARACTERS else f"{line[:_MOST_CHARACTERS]}..."
