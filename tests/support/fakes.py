"""Models and sources that say exactly what happened to them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from vstreamqa.models.base import (
    FrameBatch,
    Generation,
    InputSpec,
    Piece,
    Prompt,
    Session,
    StreamInfo,
    Utterance,
)
from vstreamqa.replay.grid import StreamGrid
from vstreamqa.replay.timeline import moments_of
from vstreamqa.schema import Checkpoint, Git, Manifest, Media, Question, Stream, Unit, Value, to_position
from vstreamqa.video.types import Frame


def make_stream(stream_id: str = "s", *, end: Value = 10, unit: Unit = "second", start: Value = 0) -> Stream:
    return Stream(
        stream_id=stream_id,
        source_id=f"source-{stream_id}",
        media=Media(kind="video", path=f"{stream_id}.mp4"),
        unit=unit,
        start=start,
        end=end,
    )


def make_manifest() -> Manifest:
    """A run's manifest, for tests that are not about what stands in it."""
    return Manifest(
        run_id="r",
        created_at="now",
        command="vstreamqa eval",
        task={},
        task_hash="t",
        model={},
        model_hash="m",
        scoring={},
        scoring_hash="s",
        seed=1,
        versions={},
        git=Git(commit=None, dirty=None),
        checkpoint=None,
        hardware={},
        clock="logical",
        demo=True,
    )


def make_question(
    question_id: str,
    time: Value,
    *,
    stream_id: str = "s",
    answer: str | None = "Yes",
    evidence: tuple[Value, Value] | None = None,
) -> Question:
    return Question(
        question_id=question_id,
        stream_id=stream_id,
        source_id=f"source-{stream_id}",
        time=time,
        text=f"What about {question_id}?",
        format="yes_no",
        answer=answer,
        evidence=evidence,
    )


def picture(number: int) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """A 2 x 2 picture whose pixels hold a number below 256."""
    return np.full((2, 2, 3), number, dtype=np.uint8)


class NumberedSource:
    """Frames on the grid whose pixels are their rank; fails where told to, and counts what was asked of it."""

    def __init__(
        self, grid: StreamGrid, frames: int, *, fails_at: int | None = None, error: Exception | None = None
    ) -> None:
        self.grid = grid
        self.frames = frames
        self.fails_at = fails_at
        self.error = error or ValueError("torn")
        self.given = 0
        self.closed = False
        self.decode_ns = 0

    def __iter__(self) -> Iterator[Frame]:
        return self

    def __next__(self) -> Frame:
        k = self.given
        if k == self.fails_at:
            raise self.error
        if k >= self.frames:
            raise StopIteration
        self.given += 1
        position = self.grid.position(k)
        return Frame(position=position, presented=position, pixels=picture(k), features=None)

    def close(self) -> None:
        self.closed = True


class JealousSource(NumberedSource):
    """A source that fails when a frame is taken before every question due earlier has been asked."""

    def __init__(self, grid: StreamGrid, frames: int, questions: Sequence[Question], asked: list[str]) -> None:
        super().__init__(grid, frames)
        self._moments = moments_of(questions, grid.unit)
        self._asked = asked

    def __next__(self) -> Frame:
        upcoming = self.grid.position(self.given)
        for moment in self._moments:
            for question in moment.questions:
                if moment.position < upcoming and question.text not in self._asked:
                    raise AssertionError(f"frame {self.given} was read ahead of question {question.question_id}")
        return super().__next__()


@dataclass
class RecordingModel:
    """Answers with the numbers of the pictures it saw, and keeps a log of every call."""

    input: InputSpec = field(default_factory=lambda: InputSpec(fps=1.0))
    checkpoint: Checkpoint = field(
        default_factory=lambda: Checkpoint(id="fake", revision=None, hash=None, weights_bytes=None)
    )
    dtype: str = "float32"
    device: str = "cpu"
    asked: list[str] = field(default_factory=list)
    sessions: list[RecordingSession] = field(default_factory=list)
    infos: list[StreamInfo] = field(default_factory=list)
    fail_on: dict[str, Exception] = field(default_factory=dict)

    def open(self, stream: StreamInfo, preface: Prompt | None = None) -> Session:
        self.infos.append(stream)
        session = RecordingSession(self)
        self.sessions.append(session)
        return session


class RecordingSession:
    def __init__(self, model: RecordingModel) -> None:
        self.model = model
        self.pictures: list[int] = []
        self.positions: list[int] = []
        self.batches: list[FrameBatch] = []
        self.closed = False
        self.input_tokens: int | None = 7

    def watch(self, frames: FrameBatch) -> Sequence[Utterance]:
        assert frames.frames is not None
        self.batches.append(frames)
        self.pictures.extend(int(pixels[0, 0, 0]) for pixels in frames.frames)
        self.positions.extend(frames.positions)
        return ()

    def ask(self, prompt: Prompt, generation: Generation) -> Iterator[Piece]:
        self.model.asked.append(prompt.text)
        if prompt.text in self.model.fail_on:
            raise self.model.fail_on[prompt.text]
        yield Piece("saw ", 1)
        yield Piece(",".join(map(str, self.pictures)) or "nothing", 2)

    def close(self) -> None:
        self.closed = True


def grid_of(stream: Stream, fps: float = 1.0) -> StreamGrid:
    return StreamGrid.of(stream.unit, to_position(stream.start, stream.unit), fps)
