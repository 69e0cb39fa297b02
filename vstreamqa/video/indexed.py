"""Sources whose entries can be fetched by number: frame folders, arrays, feature files."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Protocol

from vstreamqa.schema import NANOSECONDS
from vstreamqa.video.grid import Grid
from vstreamqa.video.types import Features, Frame, Pixels


class Entries(Protocol):
    """A numbered sequence of pictures or features; exactly one of the two loaders returns something."""

    path: Path

    @property
    def size(self) -> tuple[int, int] | None:
        """(height, width) of the pictures, None for features."""
        ...

    def __len__(self) -> int: ...

    def pixels(self, index: int) -> Pixels | None:
        """Load one picture, uint8 RGB [height, width, 3]."""
        ...

    def features(self, index: int) -> Features | None:
        """Load one frame's features, [patches, channels]."""
        ...


def entry_time(index: int, rate: Fraction) -> int:
    """Return when an entry is first shown: floor(index * 1e9 / rate) nanoseconds."""
    return index * NANOSECONDS * rate.denominator // rate.numerator


def entry_at(time: int, rate: Fraction) -> int:
    """Return the last entry whose time is not after `time`: ceil((time + 1) * rate / 1e9) - 1.

    This is floor(time * rate) except where the floor of the grid time to nanoseconds would miss the entry that
    begins at that very time.
    """
    return -((time + 1) * rate.numerator // -(NANOSECONDS * rate.denominator)) - 1


def timed_frames(entries: Entries, rate: Fraction, grid: Grid) -> Iterator[Frame]:
    """Yield the entry shown at each grid time before the end, nanoseconds since the first entry."""
    end = entry_time(len(entries), rate)
    latest: Frame | None = None
    for time in grid:
        if time >= end:
            return
        index = entry_at(time, rate)
        presented = entry_time(index, rate)
        if latest is None or latest.presented != presented:
            latest = _load(entries, index, time, presented)
        yield Frame(time, presented, latest.pixels, latest.features)


def ranked_frames(entries: Entries, start: int, end: int | None) -> Iterator[Frame]:
    """Yield every entry from rank `start` to rank `end`, both included."""
    stop = len(entries) if end is None else min(end + 1, len(entries))
    for rank in range(start, stop):
        yield _load(entries, rank, rank, rank)


def _load(entries: Entries, index: int, position: int, presented: int) -> Frame:
    return Frame(position, presented, entries.pixels(index), entries.features(index))
