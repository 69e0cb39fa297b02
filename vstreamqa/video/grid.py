"""Which picture is shown at each time of a regular grid.

Times are integer nanoseconds since the first presented frame. Both sides are floored to nanoseconds: grid time k is
start + floor(k * 1e9 / fps), and a picture's time is floor(pts * time base), so that a 30 fps grid over a 30 fps
source meets every picture exactly once.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import count
from typing import Generic, TypeVar

from vstreamqa.errors import UserError
from vstreamqa.schema import NANOSECONDS

T = TypeVar("T")


def exact_rate(rate: float) -> Fraction:
    """Return frames per second as the decimal that was written: 29.97 is 2997/100.

    Raises:
        UserError: the rate is not a positive number.
    """
    if not math.isfinite(rate) or rate <= 0:
        raise UserError(f"frame rate {rate}: give a positive number of frames per second")
    return Fraction(repr(rate))


def grid_time(start: int, k: int, fps: Fraction) -> int:
    """Return the k-th time of the grid of a rate, in nanoseconds, k from 0."""
    return start + k * NANOSECONDS * fps.denominator // fps.numerator


@dataclass(frozen=True, slots=True)
class Grid:
    """The times start + floor(k * 1e9 / fps), k = 0, 1, ..., up to and including `end` (None: without end)."""

    start: int
    fps: Fraction
    end: int | None = None

    def __iter__(self) -> Iterator[int]:
        for k in count():
            time = grid_time(self.start, k, self.fps)
            if self.end is not None and time > self.end:
                return
            yield time

    def first_from(self, time: int) -> int | None:
        """Return the first grid time not before `time`, None if there is none."""
        k = max(0, math.ceil((time - self.start) * self.fps / NANOSECONDS))
        first = grid_time(self.start, k, self.fps)
        return None if self.end is not None and first > self.end else first


@dataclass(frozen=True, slots=True)
class Shown(Generic[T]):
    """A picture and the time from which it is shown; the picture None marks the time at which the media ends."""

    time: int
    picture: T | None


def on_grid(pictures: Iterable[Shown[T]], times: Iterable[int]) -> Iterator[tuple[int, int, T]]:
    """Choose the picture shown at each grid time, as soon as the next picture settles which one that is.

    `pictures` come in presentation order and end with a mark of the end. Time never runs back: a picture whose time
    lies before its predecessor's is shown from its predecessor's time on. Of pictures with one time the last counts.

    Yields:
        the grid time, the time from which the picture is shown, and the picture.
    """
    grid = iter(times)
    wanted = next(grid, None)
    latest, picture = 0, None
    for arriving in pictures:
        time = max(arriving.time, latest)
        while picture is not None and wanted is not None and wanted < time:
            yield wanted, latest, picture
            wanted = next(grid, None)
        if wanted is None:
            return
        latest, picture = time, arriving.picture
