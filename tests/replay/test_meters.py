"""Every figure of a stream and an answer, under a clock whose every step is known."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from types import SimpleNamespace

import pytest
from fakes import NumberedSource, RecordingModel, RecordingSession, grid_of, make_question, make_stream

from vstreamqa.models.base import FrameBatch, Generation, Piece, Prompt, Session, StreamInfo, Utterance
from vstreamqa.prompts import OWN
from vstreamqa.replay import clock
from vstreamqa.replay.controls import Control, parse_control
from vstreamqa.replay.memory import MemoryCurve
from vstreamqa.replay.replayer import Replayer, ReplaySettings, Row, StreamJob
from vstreamqa.replay.source import FrameSource, Opener
from vstreamqa.schema import Prediction, Quantiles, Question, Stream, StreamRecord, UtteranceRecord
from vstreamqa.video.types import Frame

OPEN, DECODE, WATCH, FIRST, MORE, RESTORE, CLOSE = 7_000, 30, 500, 11, 13, 17, 9_000


@dataclass
class Time:
    now: int = 0

    def pass_(self, ns: int) -> None:
        self.now += ns


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Time:
    passing = Time()
    monkeypatch.setattr(clock, "time", SimpleNamespace(monotonic_ns=lambda: passing.now))
    return passing


class SlowSource(NumberedSource):
    def __init__(self, stream: Stream, time: Time) -> None:
        super().__init__(grid_of(stream), 11)
        self.time = time

    def __next__(self) -> Frame:
        self.time.pass_(DECODE)
        self.decode_ns += DECODE
        return super().__next__()


@dataclass
class SlowModel(RecordingModel):
    """A model every act of which takes a known time; it speaks at every third frame."""

    time: Time = field(default_factory=Time)
    silent: bool = False
    generations: list[Generation] = field(default_factory=list)

    def open(self, stream: StreamInfo, preface: Prompt | None = None) -> Session:
        self.time.pass_(OPEN)
        return SlowSession(self)


class SlowSession(RecordingSession):
    model: SlowModel

    def watch(self, frames: FrameBatch) -> Sequence[Utterance]:
        self.model.time.pass_(WATCH * len(frames))
        super().watch(frames)
        thirds = [position for position in frames.positions if position // 10**9 % 3 == 2]
        return [Utterance(position=position, text="three", output_tokens=1) for position in thirds]

    def ask(self, prompt: Prompt, generation: Generation) -> Iterator[Piece]:
        self.model.generations.append(generation)
        self.model.time.pass_(FIRST)
        if not self.model.silent:
            yield Piece("", 1)
            self.model.time.pass_(MORE)
            yield Piece("it is", 2)
            self.model.time.pass_(MORE)
            yield Piece("", 1)
        self.model.time.pass_(RESTORE)

    def close(self) -> None:
        self.model.time.pass_(CLOSE)


def replay(
    model: RecordingModel,
    questions: Sequence[Question],
    opener: Opener,
    *,
    stream: Stream | None = None,
    control: Control | None = None,
) -> list[Row]:
    job = StreamJob(
        suite="u",
        config="c",
        stream=stream or make_stream(),
        questions=questions,
        missing=frozenset(question.question_id for question in questions),
        control=control,
    )
    settings = ReplaySettings(run_id="r", seed=3, fps=1.0, max_new_tokens=4, render=OWN.render)
    return list(Replayer(model, opener, settings).play(job))


def play(model: SlowModel, control: Control | None = None, start: int = 0) -> list[Row]:
    questions = [make_question(name, start + at, evidence=(start + 1, start + 2)) for name, at in (("a", 2), ("b", 5))]
    stream = make_stream(start=start, end=start + 10)
    return replay(model, questions, lambda s: SlowSource(s, model.time), stream=stream, control=control)


def numbered(stream: Stream) -> FrameSource:
    return NumberedSource(grid_of(stream), 11)


def record_of(rows: Sequence[Row]) -> StreamRecord:
    record = rows[-1]
    assert isinstance(record, StreamRecord)
    return record


def test_an_answer_is_timed_from_the_call_to_its_first_text_and_to_its_last_piece(time: Time) -> None:
    row = next(row for row in play(SlowModel(time=time)) if isinstance(row, Prediction))
    assert row.ttft_ns == FIRST + MORE, "a piece without text is no first text"
    assert row.answer_latency_ns == FIRST + 2 * MORE, "restoring the session is not part of it"
    assert row.restore_ns == RESTORE
    assert row.output_tokens == 4


def test_a_model_that_says_nothing_has_no_latency(time: Time) -> None:
    row = next(row for row in play(SlowModel(time=time, silent=True)) if isinstance(row, Prediction))
    assert (row.status, row.prediction) == ("answered", "")
    assert (row.ttft_ns, row.answer_latency_ns, row.restore_ns) == (None, None, None)


def test_watching_counts_the_wait_for_frames_and_taking_them_in_and_nothing_else(time: Time) -> None:
    record = record_of(play(SlowModel(time=time)))
    assert record.frames == 6
    assert record.watch_ns == 6 * (DECODE + WATCH)
    assert record.decode_ns == 6 * DECODE
    assert record.rtfx == pytest.approx(6e9 / (6 * (DECODE + WATCH)))
    assert record.frame_latency_ns == Quantiles(p50=WATCH, p90=WATCH, p95=WATCH, max=WATCH)


@pytest.mark.parametrize("name", ["last-frame", "recent-window:2", "window", "shuffled"])
def test_arms_that_show_chosen_frames_have_no_speed_relative_to_the_stream(time: Time, name: str) -> None:
    rows = play(SlowModel(time=time), parse_control(name))
    record = record_of(rows)
    assert record.rtfx is None
    predictions = [row for row in rows if isinstance(row, Prediction)]
    seen = {"last-frame": [1, 1], "recent-window:2": [2, 2], "window": [2, 2], "shuffled": [3, 6]}[name]
    assert [row.frames_seen for row in predictions] == seen
    last = [2, 2] if name == "window" else [2, 5]
    assert [row.last_frame_time for row in predictions] == last
    assert sum(isinstance(row, UtteranceRecord) for row in rows) == {"last-frame": 2, "shuffled": 3}.get(name, 2)


def test_what_a_model_says_unasked_is_kept_with_the_time_of_its_frame(time: Time) -> None:
    said = [row for row in play(SlowModel(time=time), start=100) if isinstance(row, UtteranceRecord)]
    assert [row.time for row in said] == [102, 105], "on the axis of the source"
    assert said[0].said_at_ns == OPEN + 3 * (DECODE + WATCH)
    assert {row.question_id for row in said} == {None}


def test_every_question_has_a_seed_of_its_own_that_repeats(time: Time) -> None:
    first, second = SlowModel(time=time), SlowModel(time=time)
    play(first)
    play(second)
    seeds = [generation.seed for generation in first.generations]
    assert seeds == [generation.seed for generation in second.generations]
    assert len(set(seeds)) == 2


def test_the_memory_curve_is_even_and_bounded_however_long_the_stream() -> None:
    curve = MemoryCurve()
    for frames in range(1, 10_001):
        curve.saw(frames)
    points = [point.frames for point in curve.finish(10_000)]
    assert 16 <= len(points) <= 65
    assert points[-1] == 10_000
    steps = {later - earlier for earlier, later in pairwise(points[:-1])}
    assert len(steps) <= 2, "points lie evenly"


def test_an_answer_nobody_computed_needs_no_memory(time: Time) -> None:
    record = record_of(play(SlowModel(time=time), Control("constant")))
    assert (record.memory, record.watch_ns, record.frames) == ((), None, 0)


def test_the_last_frame_of_a_source_that_ends_early_is_the_one_a_question_falls_on(time: Time) -> None:
    model = RecordingModel()
    replay(model, [make_question("late", 40)], numbered, stream=make_stream(end=40))
    assert [batch.question_due for batch in model.sessions[0].batches] == [False] * 10 + [True]


def test_evidence_between_two_frames_is_shown_by_the_frame_on_display() -> None:
    model = RecordingModel()
    replay(model, [make_question("q", 8, evidence=(3.2, 3.8))], numbered, control=Control("window"))
    assert model.sessions[0].pictures == [3]
