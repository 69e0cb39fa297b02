"""What a row must have seen, by its question, its control and the grid alone."""

from __future__ import annotations

from dataclasses import dataclass

from vstreamqa.replay.controls import parse_control, shown_span
from vstreamqa.replay.grid import StreamGrid
from vstreamqa.report.entries import Entry
from vstreamqa.schema import to_position, to_value


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """Frames that are due before a question.

    Attributes:
        frames: how many; None for an arm without a model.
        last: position of the last, None if there is none.
        from_start: they are all those of the stream so far.
        text: the same for people.
    """

    frames: int | None
    last: int | None
    from_start: bool
    text: str

    def __str__(self) -> str:
        return self.text


def expected_view(entry: Entry, grid: StreamGrid) -> Expected:
    """Return what a planned question has seen under its control when it is asked.

    Args:
        entry: the question and its control.
        grid: where the frames of its stream lie.
    """
    control = None if entry.control is None else parse_control(entry.control)
    if control is not None and not control.needs_model:
        return _expected(None, None, grid)
    if control is not None and control.kind == "blind":
        return _expected(0, None, grid)
    due = grid.count_until(to_position(entry.row.question.time, grid.unit))
    last = grid.position(due - 1) if due else None
    if control is None or control.kind in ("shuffled", "swapped", "random-frames"):
        return _expected(due, last, grid, from_start=True)
    if control.kind == "last-frame":
        return _expected(min(due, 1), last, grid)
    span = shown_span(control, entry.row.question, grid.unit, grid.start)
    until = grid.count_until(span.last)
    before = grid.count_until(span.first - 1)
    # A span between two frames of the grid shows what is on display then.
    return _expected(max(until - before, min(until, 1)), grid.position(until - 1) if until else None, grid)


def _expected(frames: int | None, last: int | None, grid: StreamGrid, *, from_start: bool = False) -> Expected:
    until = "" if last is None else f" up to {to_value(last, grid.unit)}"
    return Expected(frames=frames, last=last, from_start=from_start, text=f"{frames or 'none'}{until}")
