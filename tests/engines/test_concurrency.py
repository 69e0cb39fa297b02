"""Questions of one stream in flight together: order, causality, failures, and that nothing is lost."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from fakes import NumberedSource, RecordingModel, RecordingSession, grid_of, make_manifest, make_question, make_stream

from vstreamqa.engines.local import run_plan
from vstreamqa.errors import UserError
from vstreamqa.models.base import Generation, InputSpec, Piece, Prompt, Session, StreamInfo
from vstreamqa.prompts import OWN
from vstreamqa.replay.controls import Control
from vstreamqa.replay.replayer import Replayer, ReplaySettings, Row, StreamJob
from vstreamqa.replay.source import FrameSource
from vstreamqa.runs.folder import RunFolder, RunReader
from vstreamqa.runs.plan import Selection, make_plan
from vstreamqa.schema import Prediction, Stream, StreamRecord, UtteranceRecord
from vstreamqa.suites.base import SuiteConfig
from vstreamqa.video.types import Frame

QUESTIONS = [make_question(name, time) for name, time in (("a", 1), ("b", 1), ("c", 3), ("d", 6), ("e", 6), ("f", 9))]
TEXTS = {question.question_id: question.text for question in QUESTIONS}
ALONE = {"a": "0,1", "b": "0,1", "c": "0,1,2,3", "d": "0,1,2,3,4,5,6", "e": "0,1,2,3,4,5,6", "f": "0,1,2,3,4,5,6,7,8,9"}
SECONDS = 10.0
"""Nothing here takes as long, unless it hangs."""


def hold(question: str) -> None:
    """Let every answer through."""


@dataclass
class ServerLike(RecordingModel):
    """Answers from the frames that were there when it was asked; `before` may hold an answer up, or fail it."""

    input: InputSpec = field(default_factory=lambda: InputSpec(fps=1.0, concurrent_asks=4))
    before: Callable[[str], None] = hold
    together: int = 0
    most_together: int = 0
    threads: set[str] = field(default_factory=set)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def open(self, stream: StreamInfo, preface: Prompt | None = None) -> Session:
        session = ServerLikeSession(self)
        self.sessions.append(session)
        return session


class ServerLikeSession(RecordingSession):
    model: ServerLike

    def ask(self, prompt: Prompt, generation: Generation) -> Iterator[Piece]:
        self.model.asked.append(prompt.text)
        return self._answer(prompt.text, list(self.pictures))

    def _answer(self, question: str, pictures: list[int]) -> Iterator[Piece]:
        with self.model.lock:
            self.model.together += 1
            self.model.most_together = max(self.model.most_together, self.model.together)
            self.model.threads.add(threading.current_thread().name)
        try:
            self.model.before(question)
            yield Piece("saw ", 1)
            yield Piece(",".join(map(str, pictures)), 2)
        finally:
            with self.model.lock:
                self.model.together -= 1


def play(
    model: ServerLike, concurrency: int = 4, *, source: FrameSource | None = None, control: Control | None = None
) -> Iterator[Row]:
    stream = make_stream()
    settings = ReplaySettings(run_id="r", seed=1, fps=1.0, max_new_tokens=4, render=OWN.render, concurrency=concurrency)
    job = StreamJob(
        suite="suite",
        config="config",
        stream=stream,
        questions=QUESTIONS,
        missing=frozenset(TEXTS),
        control=control,
    )
    return Replayer(model, lambda opened: source or NumberedSource(grid_of(opened), 11), settings).play(job)


def predictions(rows: Iterator[Row]) -> list[Prediction]:
    return [row for row in rows if isinstance(row, Prediction)]


def prose(rows: Sequence[Prediction]) -> dict[str, str | None]:
    return {row.question_id: row.prediction for row in rows}


def test_rows_come_in_the_order_of_the_questions_however_long_each_takes() -> None:
    later = threading.Event()

    def first_waits_for_the_last(question: str) -> None:
        if question == TEXTS["a"]:
            assert later.wait(SECONDS)
        if question == TEXTS["d"]:
            later.set()

    model = ServerLike(before=first_waits_for_the_last)
    rows = predictions(play(model))
    assert [row.question_id for row in rows] == list(TEXTS)
    assert model.most_together >= 2


@pytest.mark.parametrize("concurrency", [1, 2, 4, 64])
def test_an_answer_rests_on_the_frames_that_were_there_when_its_question_was_put(concurrency: int) -> None:
    # Every answer is late: by then more frames have been watched, and more questions put.
    model = ServerLike(before=lambda question: time.sleep(0.02))
    rows = predictions(play(model, concurrency))
    assert prose(rows) == {name: f"saw {frames}" for name, frames in ALONE.items()}
    assert [row.frames_seen for row in rows] == [2, 2, 4, 7, 7, 10]
    assert [row.last_frame_time for row in rows] == [1, 1, 3, 6, 6, 9]


def test_no_more_are_in_flight_than_was_asked_for_and_the_model_allows() -> None:
    for wanted, allowed, expected in ((2, 4, 2), (4, 2, 2), (64, 4, 4)):
        gathered = threading.Barrier(expected)

        def gather(question: str, gathered: threading.Barrier = gathered) -> None:
            if question in (TEXTS["a"], TEXTS["b"], TEXTS["c"], TEXTS["d"]):
                gathered.wait(SECONDS)

        model = ServerLike(input=InputSpec(fps=1.0, concurrent_asks=allowed), before=gather)
        predictions(play(model, wanted))
        assert model.most_together == expected


def test_a_model_that_does_not_allow_it_is_asked_one_by_one_and_in_the_same_thread() -> None:
    model = ServerLike(input=InputSpec(fps=1.0))
    predictions(play(model, 8))
    assert (model.most_together, model.threads) == (1, {threading.current_thread().name})


def test_times_are_those_of_each_question_and_not_of_its_turn() -> None:
    def slow_first(question: str) -> None:
        time.sleep(0.3 if question == TEXTS["a"] else 0.0)

    slow, quick = predictions(play(ServerLike(before=slow_first)))[:2]
    assert slow.answer_latency_ns is not None
    assert quick.answer_latency_ns is not None
    assert quick.answer_latency_ns < 0.2e9 < slow.answer_latency_ns
    assert slow.ttft_ns == slow.ttft_service_ns


def test_a_refusal_costs_one_question() -> None:
    def refuse(question: str) -> None:
        if question == TEXTS["b"]:
            raise UserError("too long")

    rows = predictions(play(ServerLike(before=refuse)))
    assert [row.question_id for row in rows if row.status == "error"] == ["b"]
    assert [row.question_id for row in rows] == list(TEXTS)


def test_a_model_that_breaks_ends_the_stream_after_what_was_in_flight() -> None:
    asked = threading.Event()

    def break_second(question: str) -> None:
        if question == TEXTS["b"]:
            assert asked.wait(SECONDS)
            raise ConnectionError("gone")
        if question == TEXTS["d"]:
            asked.set()

    model = ServerLike(before=break_second)
    rows = list(play(model))
    record = rows[-1]
    assert isinstance(record, StreamRecord)
    assert (record.status, record.error and record.error.message) == ("error", "gone")
    told = {row.question_id: row.status for row in predictions(iter(rows))}
    assert told == {"a": "answered", "b": "error", "c": "answered", "d": "answered", "e": "error", "f": "error"} or (
        # "e" is put as soon as "a" has landed.
        told == {"a": "answered", "b": "error", "c": "answered", "d": "answered", "e": "answered", "f": "error"}
    )
    assert list(told) == list(TEXTS)
    assert TEXTS["f"] not in model.asked, "nothing is put to a model that broke"


def test_a_torn_video_does_not_take_answers_in_flight_with_it() -> None:
    torn = threading.Event()

    class Torn(NumberedSource):
        def __next__(self) -> Frame:
            if self.given == 5:
                torn.set()
            return super().__next__()

    source = Torn(grid_of(make_stream()), 11, fails_at=5)
    model = ServerLike(before=lambda question: _wait(torn))
    told = {row.question_id: (row.status, row.prediction) for row in predictions(play(model, source=source))}
    assert told["a"] == ("answered", "saw 0,1")
    assert told["c"] == ("answered", "saw 0,1,2,3")
    assert [told[name][0] for name in "def"] == ["error"] * 3


def test_controls_with_a_session_for_every_question_are_asked_too() -> None:
    rows = predictions(play(ServerLike(), control=Control("last-frame")))
    assert [row.prediction for row in rows] == ["saw 1", "saw 1", "saw 3", "saw 6", "saw 6", "saw 9"]
    assert [row.prediction for row in predictions(play(ServerLike(), control=Control("blind")))] == ["saw "] * 6


def test_who_walks_away_does_not_wait_for_the_server() -> None:
    let_go = threading.Event()
    model = ServerLike(before=lambda question: _wait(let_go) if question != TEXTS["a"] else None)
    rows = play(model)
    assert isinstance(next(rows), Prediction)
    begun = time.monotonic()
    rows.close()  # type: ignore[attr-defined]
    assert time.monotonic() - begun < 2
    assert model.sessions[0].closed
    let_go.set()


def _wait(event: threading.Event) -> None:
    assert event.wait(SECONDS)


CONFIG = SuiteConfig(
    suite="suite",
    config="config",
    root=Path(),
    streams=(make_stream("s"), make_stream("t")),
    questions=tuple(
        make_question(f"{stream}{time}", time, stream_id=stream) for stream in "st" for time in (1, 2, 3, 5, 8)
    ),
    data_hash="d",
)
PLAN = make_plan([CONFIG], Selection(floors=("constant",))).rows


class Killed(BaseException):
    pass


class Mortal(RunFolder):
    """A folder whose process dies before a number of rows are written."""

    lives = 0

    def append(self, row: Prediction | UtteranceRecord | StreamRecord) -> None:
        if self.lives == 0:
            raise Killed
        self.lives -= 1
        super().append(row)


@pytest.mark.parametrize("lives", [0, 2, 5, 7])
def test_a_run_killed_with_questions_in_flight_goes_on_and_asks_only_what_is_missing(
    tmp_path: Path, lives: int
) -> None:
    settings = ReplaySettings(run_id="r", seed=1, fps=1.0, max_new_tokens=4, render=OWN.render, concurrency=4)

    def opened(suite: str, config: str, stream: Stream) -> FrameSource:
        return NumberedSource(grid_of(stream), 11)

    with Mortal(tmp_path, make_manifest(), PLAN) as folder:
        folder.lives = lives
        with pytest.raises(Killed):
            run_plan(folder, ServerLike(), opened, settings)
    kept = [row for row in RunReader(tmp_path).predictions() if row.control is None]
    model = ServerLike()
    with RunFolder(tmp_path, make_manifest(), PLAN) as again:
        run_plan(again, model, opened, settings)
    rows = [row for row in RunReader(tmp_path).predictions() if row.control is None]
    assert len(model.asked) == 10 - len(kept)
    assert len({row.question_id for row in rows}) == len(rows) == 10
    assert all(row.prediction == "saw " + ",".join(map(str, range(int(row.asked_at) + 1))) for row in rows)
