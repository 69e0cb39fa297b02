"""Which frames a fresh session is shown at a question, for the controls that withhold or reorder them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import groupby

import numpy as np

from vstreamqa.replay.controls import Control, Span, shown_span
from vstreamqa.replay.grid import StreamGrid
from vstreamqa.replay.randomness import derive_seed
from vstreamqa.replay.timeline import Batch, Moment
from vstreamqa.schema import Question, Stream
from vstreamqa.video.types import Frame


@dataclass(frozen=True, slots=True)
class View:
    """What one fresh session is shown, and what it is then asked."""

    batches: tuple[Batch, ...]
    questions: tuple[Question, ...]


class Viewings:
    """Holds the frames that a question to come will need, and no others.

    How many that are is the control's nature: one for `last-frame`, the window's length for `recent-window`, the
    whole prefix for `shuffled`.
    """

    def __init__(self, control: Control, stream: Stream, moments: list[Moment], grid: StreamGrid, seed: int) -> None:
        self._control = control
        self._stream = stream
        self._grid = grid
        self._seed = seed
        self._spans = {
            question.question_id: self._span(question) for moment in moments for question in moment.questions
        }
        self._waiting = dict(self._spans)
        self._held: dict[int, Frame] = {}
        self._newest: Frame | None = None

    def keep(self, frames: tuple[Frame, ...]) -> None:
        """Take frames of the stream, in time order."""
        for frame in frames:
            self._newest = frame
            if any(span.first <= frame.position <= span.last for span in self._waiting.values()):
                self._held[frame.position] = frame

    def at(self, moment: Moment, max_batch: int) -> Iterator[View]:
        """Give the views of a moment's questions; questions that are shown the same share one session."""
        by_span = groupby(sorted(moment.questions, key=self._order), key=lambda question: self._span_of(question))
        for span, group in by_span:
            questions = tuple(group)
            frames = [frame for position, frame in self._held.items() if span.first <= position <= span.last]
            if not frames and self._newest is not None and self._newest.position <= span.last:
                # The question falls after the last frame there is, as on the end of a video: that one is on display.
                frames = [self._newest]
            yield View(_batches(self._arrange(frames, moment), max_batch), questions)
        for question in moment.questions:
            del self._waiting[question.question_id]
        self._release()

    def _span(self, question: Question) -> Span:
        span = shown_span(self._control, question, self._stream.unit, self._grid.start)
        on_display = self._grid.position(max(self._grid.count_until(span.last) - 1, 0))
        if self._control.kind == "last-frame" or on_display < span.first:
            # A span between two frames of the grid has none of its own: what is on display then is shown.
            return Span(on_display, span.last)
        return span

    def _span_of(self, question: Question) -> Span:
        return self._spans[question.question_id]

    def _order(self, question: Question) -> tuple[int, int]:
        span = self._span_of(question)
        return span.first, span.last

    def _arrange(self, frames: list[Frame], moment: Moment) -> list[Frame]:
        if self._control.kind != "shuffled":
            return frames
        # Pictures change places; the times at which they are shown stay in order.
        seed = derive_seed(self._seed, self._stream.stream_id, "shuffled", str(moment.position))
        order = np.random.default_rng(seed).permutation(len(frames))
        return [replace(frames[shown], position=frame.position) for frame, shown in zip(frames, order, strict=True)]

    def _release(self) -> None:
        first = min((span.first for span in self._waiting.values()), default=None)
        self._held = {
            position: frame for position, frame in self._held.items() if first is not None and position >= first
        }


def _batches(frames: list[Frame], max_batch: int) -> tuple[Batch, ...]:
    return tuple(
        Batch(tuple(frames[i : i + max_batch]), question_due=i + max_batch >= len(frames))
        for i in range(0, len(frames), max_batch)
    )
