"""How damage found while reading becomes an error that names file and time."""

from __future__ import annotations

from pathlib import Path

from vstreamqa.errors import MediaError
from vstreamqa.schema import Unit, to_value


class Damage(Exception):  # noqa: N818 - internal; `broken_off` makes the error of it
    """The media cannot be read beyond a time.

    Attributes:
        reason: what was found, a clause.
        time: nanoseconds (or ranks) since the media's first frame.
    """

    def __init__(self, reason: str, time: int) -> None:
        super().__init__(reason)
        self.reason = reason
        self.time = time


def unreadable(path: Path, reason: str, remedy: str) -> MediaError:
    """Return the error of a source that cannot be read at all."""
    return MediaError(f"{path}: {reason}; {remedy}", path=str(path))


def missing(path: Path) -> MediaError:
    """Return the error of a source that is not there."""
    return unreadable(path, "no such file or folder", "check the path, or fetch the suite's media")


def broken_off(path: Path, damage: Damage, origin: int, unit: Unit) -> MediaError:
    """Return the error of a source that can be read up to a time on the source axis."""
    time = to_value(origin + damage.time, unit)
    place = f"{time:.3f} s" if unit == "second" else f"{unit} {time}"
    message = f"{path}: unreadable from {place} on ({damage.reason}); fetch the file again or re-encode it"
    return MediaError(message, path=str(path), time=float(time))
