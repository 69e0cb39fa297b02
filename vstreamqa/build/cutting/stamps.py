"""The time stamps of a cut's packets."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from vstreamqa.schema import NANOSECONDS
from vstreamqa.video.timeline import Clock

_LONGEST = 2**31
"""Ticks that decord can count: beyond, it gives wrong frames without a word."""
_LATEST = 2**28
"""Ticks from decoding to presentation above which older FFmpegs (decord's) take the stamps of all frames for wrong."""


@dataclass(frozen=True, slots=True)
class Stamps:
    """When each packet of a cut is presented and decoded, and for how long it is shown, in decoding order.

    Attributes:
        time_base: seconds per tick; its numerator is 1.
        pts: ticks at which frames are presented; the first is 0.
        dts: ticks at which they are decoded: increasing, and never after `pts`.
        durations: ticks for which they are shown.
    """

    time_base: Fraction
    pts: Sequence[int]
    dts: Sequence[int]
    durations: Sequence[int]

    @property
    def end(self) -> int:
        """The tick at which the last frame ceases to be shown."""
        return max(pts + duration for pts, duration in zip(self.pts, self.durations, strict=True))

    @property
    def readable(self) -> bool:
        """All readers can be trusted with them."""
        late = max(pts - dts for pts, dts in zip(self.pts, self.dts, strict=True))
        return late < _LATEST and self.end < _LONGEST


def stamped(ranks: Sequence[int], times: Sequence[int], source: Fraction, start: int) -> Stamps:
    """Give the packets of a cut their stamps.

    They are ticks of the source, made finer until the start falls on one: a reader that floors to nanoseconds then
    finds the very times given. Where that takes more ticks than all readers can count (the cut is long, and its start
    has many digits), they are as fine as can be, and frames come early by less than one of them.

    Args:
        ranks: in decoding order, the rank of each frame in presentation order.
        times: when the frame of each rank is presented, nanoseconds since the start of the cut, and when the last
            ceases to be shown.
        source: the time base of the source.
        start: when the cut starts, nanoseconds since the first frame of the source.
    """
    choices = (_in_ticks(ranks, times, Fraction(1, rate)) for rate in _rates(source.denominator, start, times[-1]))
    as_source = _in_ticks(ranks, times, Fraction(1, source.denominator))
    return next((stamps for stamps in choices if stamps.readable), as_source)


def _rates(source: int, start: int, length: int) -> Iterator[int]:
    """Yield ticks per second, from the best to the worst, that a cut of some nanoseconds may have."""
    exact = math.lcm(source, Fraction(start, NANOSECONDS).denominator)
    finer = (source * 10**digits for digits in range(len(str(NANOSECONDS)), -1, -1))
    for rate in (exact, NANOSECONDS, *finer):
        if rate <= NANOSECONDS and rate * length < _LONGEST * NANOSECONDS:
            yield rate


def _in_ticks(ranks: Sequence[int], times: Sequence[int], time_base: Fraction) -> Stamps:
    clock = Clock(time_base, 0)
    ticks = [clock.ticks(time) for time in times]
    ticks[-1] = max(ticks[-1], ticks[-2] + 1)
    return Stamps(
        time_base,
        pts=[ticks[rank] for rank in ranks],
        dts=_decoding(ranks, ticks),
        durations=[ticks[rank + 1] - ticks[rank] for rank in ranks],
    )


def _decoding(ranks: Sequence[int], ticks: Sequence[int]) -> list[int]:
    """Return when packets are decoded: when a frame is presented that many frames earlier as packets run ahead."""
    ahead = max(index - rank for index, rank in enumerate(ranks))
    step = min(_intervals(ticks[:-1]), default=1)
    before = [-step * left for left in range(ahead, 0, -1)]
    return _with_last_duration([*before, *ticks[: len(ranks) - ahead]], ranks, ticks[-1] - ticks[-2])


def _with_last_duration(dts: list[int], ranks: Sequence[int], duration: int) -> list[int]:
    """Make room for the duration of the frame shown last: an mp4 tells durations by the times of decoding."""
    last = ranks.index(len(ranks) - 1)
    if last == len(ranks) - 1:
        return dts
    lacking = duration - (dts[last + 1] - dts[last])
    return [stamp - (max(lacking, 0) if index <= last else max(-lacking, 0)) for index, stamp in enumerate(dts)]


def _intervals(ticks: Iterable[int]) -> Iterable[int]:
    return (after - before for before, after in pairwise(ticks))
