"""The presentation times of a track as its packets state them, known before anything is decoded."""

from __future__ import annotations

import heapq
from collections import Counter
from fractions import Fraction

from vstreamqa.schema import NANOSECONDS
from vstreamqa.video.packets import CodedFrame

_REORDER = 64
"""Packets kept to bring decoding order into presentation order; codecs reorder 16 frames at most."""


class Timeline:
    """Collects packets, in ticks of the track's time base, and tells where the last frame ends.

    Attributes:
        packets: how many packets were noted.
        has_durations: every packet so far said how long its frame lasts.
    """

    def __init__(self, time_base: Fraction) -> None:
        self.packets = 0
        self.has_durations = True
        self._time_base = time_base
        self._pending: list[int] = []
        self._intervals: Counter[int] = Counter()
        self._previous: int | None = None
        self._last: tuple[int, int] | None = None

    def note(self, packet: CodedFrame) -> None:
        """Take in a packet; one that is decoded but never shown (outside an edit list) does not count."""
        stamp = packet.dts if packet.pts is None else packet.pts
        if stamp is None or packet.is_discard:
            return
        self.packets += 1
        self.has_durations = self.has_durations and bool(packet.duration)
        self._last = max(self._last or (stamp, 0), (stamp, packet.duration or 0))
        heapq.heappush(self._pending, stamp)
        if len(self._pending) > _REORDER:
            self._settle()

    def interval(self) -> int | None:
        """Return the median distance between neighbouring frames, None with fewer than two."""
        while self._pending:
            self._settle()
        middle = (sum(self._intervals.values()) + 1) // 2
        for interval in sorted(self._intervals):
            middle -= self._intervals[interval]
            if middle <= 0:
                return interval
        return None

    def end(self, rate: Fraction | None) -> int | None:
        """Return the tick at which the last frame ceases to be shown, None without packets.

        A frame lasts as long as its packet says; if that says nothing, the median interval; if there is but one
        frame, one frame of the stated rate, or one tick.
        """
        if self._last is None:
            return None
        stamp, duration = self._last
        return stamp + (duration or self.interval() or self._ticks_of(rate))

    def _ticks_of(self, rate: Fraction | None) -> int:
        return max(1, round(1 / (rate * self._time_base))) if rate else 1

    def _settle(self) -> None:
        stamp = heapq.heappop(self._pending)
        if self._previous is not None and stamp > self._previous:
            self._intervals[stamp - self._previous] += 1
        self._previous = stamp if self._previous is None else max(stamp, self._previous)


class Clock:
    """Turns ticks of a track into nanoseconds since its first presented frame, floored."""

    def __init__(self, time_base: Fraction, zero: int) -> None:
        self._scale = time_base * NANOSECONDS
        self.zero = zero

    def time(self, ticks: int) -> int:
        """Return floor((ticks - zero) * time base * 1e9)."""
        return (ticks - self.zero) * self._scale.numerator // self._scale.denominator

    def ticks(self, time: int) -> int:
        """Return the last tick whose time is not after `time`."""
        return self.zero + -((time + 1) * self._scale.denominator // -self._scale.numerator) - 1
