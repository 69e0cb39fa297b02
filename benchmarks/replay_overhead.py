"""What the replay costs per frame and per question, over a bare loop that calls the same model.

Both loops feed the same frames to the same session class in one process, alternating; the figure is the difference of
the medians. The session does nothing, so that only the harness is left; the share it has of a real model's frame is
given beside it, measured on the demo checkpoint in the same run.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from recording import record

import vstreamqa
from vstreamqa.models.base import (
    FrameBatch,
    Generation,
    InputSpec,
    Piece,
    Prompt,
    StreamInfo,
    StreamingModel,
    Utterance,
)
from vstreamqa.prompts import OWN
from vstreamqa.replay.grid import StreamGrid
from vstreamqa.replay.replayer import Replayer, ReplaySettings, StreamJob
from vstreamqa.schema import Checkpoint, Media, Question, Stream
from vstreamqa.video.types import Frame

FRAMES = 2_000
QUESTIONS = 200
ROUNDS = 7


class IdleSession:
    """Takes frames in and gives one piece, doing nothing."""

    def watch(self, frames: FrameBatch) -> Sequence[Utterance]:
        return ()

    def ask(self, prompt: Prompt, generation: Generation) -> Iterator[Piece]:
        yield Piece("yes", 1)

    def close(self) -> None: ...


class IdleModel:
    """Opens idle sessions."""

    input = InputSpec(fps=1.0)
    checkpoint = Checkpoint(id="idle", revision=None, hash=None, weights_bytes=None)
    dtype = "float32"
    device = "cpu"

    def open(self, stream: StreamInfo, preface: Prompt | None = None) -> IdleSession:
        return IdleSession()


class Ready:
    """Frames that are already decoded."""

    decode_ns = 0

    def __init__(self, frames: list[Frame]) -> None:
        self._frames = iter(frames)

    def __iter__(self) -> Iterator[Frame]:
        return self._frames

    def __next__(self) -> Frame:
        return next(self._frames)

    def close(self) -> None: ...


def make_frames(n: int, size: int) -> list[Frame]:
    grid = StreamGrid.of("second", 0, 1.0)
    pixels = np.zeros((size, size, 3), dtype=np.uint8)
    return [Frame(position=grid.position(k), presented=grid.position(k), pixels=pixels) for k in range(n)]


def bare(model: StreamingModel, frames: list[Frame], questions: int) -> int:
    """Time a loop that only calls the model."""
    session = model.open(StreamInfo(unit="second", fps=1.0, seed=0))
    begun = time.perf_counter_ns()
    for frame in frames:
        assert frame.pixels is not None
        session.watch(FrameBatch(positions=(frame.position,), frames=frame.pixels[None]))
    for _ in range(questions):
        list(session.ask(Prompt(text="?"), Generation()))
    return time.perf_counter_ns() - begun


def replayed(model: StreamingModel, frames: list[Frame], questions: int) -> int:
    """Time the same through the replay; all questions are asked at the end."""
    stream = Stream(
        stream_id="s",
        source_id="s",
        media=Media(kind="video", path="s"),
        unit="second",
        start=0,
        end=len(frames),
    )
    asked = [
        Question(
            question_id=str(i),
            stream_id="s",
            source_id="s",
            time=len(frames) - 1,
            text="?",
            format="open",
            answer="yes",
        )
        for i in range(max(questions, 1))
    ]
    settings = ReplaySettings(run_id="r", seed=0, fps=1.0, max_new_tokens=1, render=OWN.render)
    missing = frozenset(question.question_id for question in asked[:questions])
    job = StreamJob(suite="s", config="c", stream=stream, questions=asked, missing=missing)
    begun = time.perf_counter_ns()
    for _ in Replayer(model, lambda _: Ready(frames), settings).play(job):
        pass
    return time.perf_counter_ns() - begun


def medians(model: StreamingModel, frames: list[Frame], questions: int) -> tuple[float, float]:
    """Return the median time of the bare loop and of the replay, alternating."""
    pairs = [(bare(model, frames, questions), replayed(model, frames, questions)) for _ in range(ROUNDS)]
    return statistics.median(pair[0] for pair in pairs), statistics.median(pair[1] for pair in pairs)


def main() -> None:
    idle = IdleModel()
    size = 224
    bare_frames, replay_frames = medians(idle, make_frames(FRAMES, size), 0)
    bare_both, replay_both = medians(idle, make_frames(1, size), QUESTIONS)
    per_frame = (replay_frames - bare_frames) / FRAMES
    per_question = (replay_both - bare_both) / QUESTIONS

    demo = vstreamqa.load_model("flash-vstream", checkpoint="demo", device="cpu")
    assert demo.input.size is not None
    demo_bare, demo_replay = medians(demo, make_frames(200, demo.input.size[0]), 0)
    record(
        Path(__file__),
        {
            "frame_pixels": f"{size} x {size}",
            "overhead_per_frame_us": round(per_frame / 1e3, 2),
            "overhead_per_question_us": round(per_question / 1e3, 2),
            "demo_model_per_frame_us": round(demo_bare / 200 / 1e3, 1),
            "demo_model_replayed_over_bare": round(demo_replay / demo_bare, 3),
            "rounds": ROUNDS,
        },
    )


if __name__ == "__main__":
    main()
