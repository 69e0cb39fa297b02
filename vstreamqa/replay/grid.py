"""The instants at which a stream is sampled, known before any frame is read."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from vstreamqa.schema import NANOSECONDS, Unit
from vstreamqa.video.grid import exact_rate, grid_time


@dataclass(frozen=True, slots=True)
class StreamGrid:
    """Positions start + k/fps for seconds (floored to a nanosecond), every rank from start on otherwise.

    That the next position is known without asking the source is what lets the replay put a question before the
    frame that follows it without having touched that frame.
    """

    unit: Unit
    start: int
    fps: Fraction

    @classmethod
    def of(cls, unit: Unit, start: int, fps: float) -> StreamGrid:
        """Make the grid of a rate; the decimal digits of the rate are taken as exact (29.97 is 2997/100)."""
        return cls(unit, start, exact_rate(fps))

    def position(self, k: int) -> int:
        """Return the position of the k-th frame, k from 0."""
        if self.unit != "second":
            return self.start + k
        return grid_time(self.start, k, self.fps)

    def count_until(self, position: int) -> int:
        """Return how many frames of the grid lie at or before a position."""
        if position < self.start:
            return 0
        if self.unit != "second":
            return position - self.start + 1
        # The largest k with floor(k * step) <= d is the largest k with k * step < d + 1.
        distance = position - self.start
        k, rest = divmod((distance + 1) * self.fps.numerator, NANOSECONDS * self.fps.denominator)
        return k + (1 if rest else 0)
