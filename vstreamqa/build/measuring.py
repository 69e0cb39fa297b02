"""Measure every medium of a suite once: its end, its entries, the fingerprint of what it shows.

What was measured is kept beside the suite, by path, size and time of change, so that a build that was stopped does not
measure again.
"""

from __future__ import annotations

import threading
from pathlib import Path

from vstreamqa.build.state import state_of
from vstreamqa.runs.lines import Appender, read_cache
from vstreamqa.schema import Media, Record, Unit
from vstreamqa.video.fingerprinting import fingerprint
from vstreamqa.video.probing import probe
from vstreamqa.video.source import entries_of

VERSION = 1
"""Raised whenever the same medium would be measured differently."""


class Measured(Record, frozen=True, kw_only=True):
    """What is known of a medium.

    Attributes:
        media: as it stands in the stream.
        unit: what its positions count.
        state: stands for the file's size and time of change, or for those of a folder's files.
        duration: where its last frame ceases to be shown, nanoseconds on the source axis; for ranks one more than the
            last rank.
        entries: how many pictures or feature frames there are; None for video files.
        fingerprint: hash of what it shows.
    """

    media: Media
    unit: Unit
    state: str
    duration: int
    entries: int | None
    fingerprint: str


class Journal:
    """Measurements kept in a file; safe to share between threads."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._known: dict[tuple[Media, Unit], Measured] = {
            (one.media, one.unit): one for one in read_cache(path, Measured)
        }
        self._appender = Appender(path)
        self._lock = threading.Lock()

    def measure(self, media: Media, unit: Unit, root: Path) -> Measured:
        """Return what is known of a medium, measuring it if that was not done, or the medium has changed since.

        Raises:
            UserError: the unit does not fit the medium, or a rate is missing.
            MediaError: it is missing or cannot be read.
        """
        state = f"{VERSION} {state_of(root / media.path)}"
        known = self._known.get((media, unit))
        if known is not None and known.state == state:
            return known
        measured = measure(media, unit, root, state)
        with self._lock:
            self._known[media, unit] = measured
            self._appender.append(measured)
        return measured

    def close(self) -> None:
        """Close the file."""
        self._appender.close()


def measure(media: Media, unit: Unit, root: Path, state: str = "") -> Measured:
    """Measure a medium.

    Raises:
        UserError: the unit does not fit the medium, or a rate is missing.
        MediaError: it is missing or cannot be read.
    """
    return Measured(
        media=media,
        unit=unit,
        state=state,
        duration=probe(media, root, unit=unit).duration,
        entries=None if media.kind == "video" else len(entries_of(media, root / media.path)),
        fingerprint=fingerprint(media, root, unit=unit),
    )
