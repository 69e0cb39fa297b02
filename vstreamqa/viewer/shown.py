"""Which frames an arm had been shown when a question was put to it; none is later than the question."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from vstreamqa.replay.controls import Span, parse_control, shown_span
from vstreamqa.replay.grid import StreamGrid
from vstreamqa.schema import PlanRow, Prediction, to_position

_WITHHELD = {
    "blind": "shown no video",
    "constant": "shown no video",
    "oracle": "shown no video",
    "random-frames": "shown noise in place of every frame",
    "swapped": "shown another stream's video",
}
_REMARKS = {"shuffled": "shown in random order; here they stand in order"}


@dataclass(frozen=True, slots=True)
class Shown:
    """Frames of a stream's grid, without gaps.

    Attributes:
        grid: where the frames lie.
        ranks: which of them, counted from the stream's first; empty if there are none to be seen.
        remark: why there are none, or what else is to be said of them.
    """

    grid: StreamGrid
    ranks: range
    remark: str | None = None

    def holds(self, position: int) -> bool:
        """Say whether a position is that of one of the frames."""
        k = self.grid.count_until(position) - 1
        return k in self.ranks and self.grid.position(k) == position

    def spread(self, most: int) -> list[int]:
        """Return the positions of at most so many frames, evenly spread, the first and the last among them."""
        return [self.grid.position(k) for k in evenly(self.ranks, most)]

    def latest(self, most: int) -> list[int]:
        """Return the positions of the last frames, at most so many."""
        return [self.grid.position(k) for k in self.ranks[-most:]]

    def within(self, first: int, last: int, most: int) -> list[int]:
        """Return the positions of at most so many of those from `first` to `last`, evenly spread."""
        low, high = self.grid.count_until(first - 1), self.grid.count_until(last)
        ranks = range(max(low, self.ranks.start), min(high, self.ranks.stop))
        return [self.grid.position(k) for k in evenly(ranks, most)]

    def at(self, times: Iterable[int], most: int) -> list[int]:
        """Return the positions of at most so many of those that were on display at some times, evenly spread."""
        there = sorted({self.grid.count_until(time) - 1 for time in times} & set(self.ranks))
        return [self.grid.position(k) for k in evenly(there, most)]


def evenly(items: Sequence[int], most: int) -> Sequence[int]:
    """Return at most so many items (two or more), evenly spread, the first and the last among them."""
    n = len(items)
    return items if n <= most else [items[at * (n - 1) // (most - 1)] for at in range(most)]


def not_stated(row: PlanRow) -> Shown:
    """Return no frames, for a question that another project's program has answered."""
    grid = StreamGrid.of(row.stream.unit, to_position(row.stream.start, row.stream.unit), 1.0)
    return Shown(grid, range(0), "answered elsewhere; which frames the model was shown is not stated")


def shown_to(
    row: PlanRow, control: str | None, prediction: Prediction | None, fps: float, watched: int | None = None
) -> Shown:
    """Return the frames that a question's answer can rest on.

    A proactive question is listened for until its stream ends: what was shown until then. A row that says that less
    had been seen, as with a video that breaks off, is taken at its word; one that says that it was more is not.

    Args:
        row: the planned question.
        control: the arm.
        prediction: its row, if it has one.
        fps: frames per second of the model's grid.
        watched: how many frames of the stream there were for a proactive question; None for all until its end.
    """
    stream, question = row.stream, row.question
    grid = StreamGrid.of(stream.unit, to_position(stream.start, stream.unit), fps)
    asked_for = None if control is None else parse_control(control)
    if asked_for is not None and asked_for.kind in _WITHHELD:
        return Shown(grid, range(0), _WITHHELD[asked_for.kind])
    proactive = question.format == "proactive"
    if proactive and (prediction is None or prediction.status != "answered"):
        return Shown(grid, range(0), "not listened to until the stream's end")
    last = to_position(stream.end if proactive else question.time, stream.unit)
    span = Span(grid.start, last)
    if asked_for is not None and asked_for.fresh_sessions:
        span = shown_span(asked_for, question, stream.unit, grid.start)
    ranks = _ranks(grid, span, single=asked_for is not None and asked_for.kind == "last-frame")
    if proactive:
        if watched is not None:
            ranks = range(ranks.start, min(ranks.stop, watched))
        return Shown(grid, ranks, "shown until the stream ended: the question was listened for until then")
    remark = None if asked_for is None else _REMARKS.get(asked_for.kind)
    return Shown(grid, _as_far_as(ranks, grid, row, prediction), remark)


def _ranks(grid: StreamGrid, span: Span, *, single: bool) -> range:
    stop = grid.count_until(span.last)
    first = stop - 1 if single else grid.count_until(span.first - 1)
    # A span between two frames of the grid has none of its own: what is on display then is shown.
    return range(max(0, min(first, stop - 1)), stop)


def _as_far_as(ranks: range, grid: StreamGrid, row: PlanRow, prediction: Prediction | None) -> range:
    if prediction is None:
        return ranks
    if prediction.last_frame_time is None:
        return ranks[:0] if prediction.frames_seen == 0 else ranks
    seen = grid.count_until(to_position(prediction.last_frame_time, row.stream.unit))
    return range(ranks.start, max(ranks.start, min(ranks.stop, seen)))
