"""Frames and questions merged in time order, so that a question comes before everything it must not have seen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from vstreamqa.replay.grid import StreamGrid
from vstreamqa.schema import Question, Unit, to_position
from vstreamqa.video.types import Frame


@dataclass(frozen=True, slots=True)
class Moment:
    """All questions asked at one position, in the order of the suite."""

    position: int
    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class Batch:
    """Frames to be taken in at once; `question_due` if a moment falls on the last of them."""

    frames: tuple[Frame, ...]
    question_due: bool


def moments_of(questions: Iterable[Question], unit: Unit) -> list[Moment]:
    """Group questions by the position they are asked at, in time order; ties keep the suite's order."""
    ordered = sorted(questions, key=lambda question: to_position(question.time, unit))
    return [
        Moment(position, tuple(group))
        for position, group in groupby(ordered, key=lambda question: to_position(question.time, unit))
    ]


def merge(
    frames: Iterator[Frame],
    moments: Sequence[Moment],
    grid: StreamGrid,
    max_batch: int,
    *,
    until: int | None = None,
) -> Iterator[Batch | Moment]:
    """Yield batches and moments in time order.

    A moment comes after every frame at or before its position and before any frame after it is asked of the source.
    Nothing is asked of the source after the last moment, or after `until`. A source that ends early simply gives no
    more batches.

    Args:
        frames: frames on the grid, in order.
        moments: in time order.
        grid: where the frames lie.
        max_batch: most frames in one batch.
        until: position up to which frames are taken after the last moment; None to end with it.
    """
    taken = 0
    for moment in moments:
        for batch in _until(frames, grid.count_until(moment.position) - taken, max_batch):
            taken += len(batch.frames)
            yield batch
        yield moment
    if until is not None:
        yield from _until(frames, grid.count_until(until) - taken, max_batch, due=False)


def _until(frames: Iterator[Frame], n: int, max_batch: int, *, due: bool = True) -> Iterator[Batch]:
    """Yield the next n frames in batches, or fewer if the source ends; the last batch has a question due, if one is.

    A batch is held back until it is known whether another one comes before the question.
    """
    held: tuple[Frame, ...] = ()
    while n > 0:
        try:
            batch = _take(frames, min(max_batch, n))
        except Exception:
            if held:
                yield Batch(held, question_due=False)
            raise
        if not batch:
            break
        n -= len(batch)
        if held:
            yield Batch(held, question_due=False)
        held = batch
    if held:
        yield Batch(held, question_due=due)


def _take(frames: Iterator[Frame], n: int) -> tuple[Frame, ...]:
    taken = []
    for _ in range(n):
        frame = next(frames, None)
        if frame is None:
            break
        taken.append(frame)
    return tuple(taken)
