"""Proactive questions: an instruction once, then whatever is said until the stream ends."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import msgspec
import pytest
from fakes import NumberedSource, grid_of, make_question, make_stream

from vstreamqa.errors import UserError
from vstreamqa.models.base import FrameBatch, Generation, InputSpec, Piece, Prompt, Session, StreamInfo, Utterance
from vstreamqa.prompts import OWN
from vstreamqa.replay.controls import parse_control
from vstreamqa.replay.replayer import Replayer, ReplaySettings, Row, StreamJob
from vstreamqa.schema import (
    NANOSECONDS,
    Checkpoint,
    Prediction,
    Question,
    Span,
    Stream,
    StreamRecord,
    UtteranceRecord,
    Value,
)

SETTINGS = ReplaySettings(run_id="r", seed=1, fps=1.0, max_new_tokens=4, render=OWN.render)


@dataclass
class Talker:
    """Says the second of every third frame, and how often it was told something; breaks in second ten if wanted.

    Once it was told something, it dates what it says so many seconds later as `misdates` says.
    """

    input: InputSpec = field(default_factory=lambda: InputSpec(fps=1.0, max_batch=4, speaks=True))
    checkpoint: Checkpoint = field(
        default_factory=lambda: Checkpoint(id="fake", revision=None, hash=None, weights_bytes=None)
    )
    dtype: str = "float32"
    device: str = "cpu"
    breaks: bool = False
    refuses: bool = False
    misdates: int = 0
    sessions: list[TalkerSession] = field(default_factory=list)

    def open(self, stream: StreamInfo, preface: Prompt | None = None) -> Session:
        self.sessions.append(TalkerSession(self))
        return self.sessions[-1]


class TalkerSession:
    def __init__(self, model: Talker) -> None:
        self.model = model
        self.seconds: list[int] = []
        self.prompts: list[Prompt] = []
        self.due: list[int] = []
        self.last_words: Sequence[Utterance] = ()

    def watch(self, frames: FrameBatch) -> Sequence[Utterance]:
        seconds = [position // NANOSECONDS for position in frames.positions]
        self.seconds += seconds
        if frames.question_due:
            self.due.append(seconds[-1])
        if self.model.breaks and 10 in seconds:
            raise RuntimeError("CUDA out of memory")
        return [self.remark(second) for second in seconds if second % 3 == 0]

    def remark(self, second: int) -> Utterance:
        text = f"{second}, told {sum(prompt.commit for prompt in self.prompts)}"
        dated = second + (self.model.misdates if self.prompts else 0)
        return Utterance(position=dated * NANOSECONDS, text=text, output_tokens=1)

    def ask(self, prompt: Prompt, generation: Generation) -> Iterator[Piece]:
        if self.model.refuses:
            raise UserError("the prompt is too long")
        self.prompts.append(prompt)
        yield Piece(f"told at {self.seconds[-1]}", 3)

    def close(self) -> None:
        self.last_words = (Utterance(position=self.seconds[-1] * NANOSECONDS, text="bye", output_tokens=1),)


def told(question_id: str, time: Value) -> Question:
    spans = (Span(start=3, end=4, text="three"), Span(start=8, end=8, text="eight"))
    return msgspec.structs.replace(make_question(question_id, time, answer=None), format="proactive", spans=spans)


def play(model: Talker, questions: Sequence[Question], control: str | None = None) -> list[Row]:
    def opener(stream: Stream) -> NumberedSource:
        return NumberedSource(grid_of(stream), 13)

    job = StreamJob(
        suite="suite",
        config="config",
        stream=make_stream(end=12),
        questions=questions,
        missing=frozenset(question.question_id for question in questions),
        control=None if control is None else parse_control(control),
        partner=make_stream("t"),
    )
    return list(Replayer(model, opener, SETTINGS).play(job))


def said(rows: Sequence[Row]) -> list[tuple[Value, str, str | None]]:
    return [(row.time, row.text, row.question_id) for row in rows if isinstance(row, UtteranceRecord)]


def predictions(rows: Sequence[Row]) -> list[Prediction]:
    return [row for row in rows if isinstance(row, Prediction)]


def test_what_is_said_after_the_instruction_belongs_to_it_and_is_heard_to_the_streams_end() -> None:
    model = Talker()
    rows = play(model, [told("q", 4)])
    assert said(rows) == [
        (0, "0, told 0", None),
        (3, "3, told 0", None),
        (6, "6, told 1", "q"),
        (9, "9, told 1", "q"),
        (12, "12, told 1", "q"),
        (12, "bye", "q"),
    ]
    assert model.sessions[0].seconds == list(range(13))
    assert model.sessions[0].due == [4], "no question falls on the stream's end"


def test_the_instruction_is_put_once_as_a_part_of_the_session_and_its_reply_is_the_questions_row() -> None:
    model = Talker()
    rows = play(model, [told("q", 4)])
    (prompt,) = model.sessions[0].prompts
    assert (prompt.text, prompt.format, prompt.commit) == ("What about q?", "proactive", True)
    (row,) = predictions(rows)
    assert (row.prediction, row.status, row.frames_seen, row.last_frame_time) == ("told at 4", "answered", 5, 4)
    assert (row.output_tokens, row.asked_at) == (3, 4)
    assert row.ttft_ns is not None
    assert [type(one).__name__ for one in rows[-2:]] == ["Prediction", "StreamRecord"], "a row means: heard to the end"


def test_each_proactive_question_has_a_session_of_its_own_beside_that_of_all_others() -> None:
    model = Talker()
    rows = play(model, [told("p", 0), make_question("plain", 5), told("q", 6)])
    assert [[prompt.commit for prompt in session.prompts] for session in model.sessions] == [[False], [True], [True]]
    assert {row.question_id: row.prediction for row in predictions(rows)} == {
        "plain": "told at 5",
        "p": "told at 0",
        "q": "told at 6",
    }
    assert [text for _, text, question_id in said(rows) if question_id == "q"] == ["9, told 1", "12, told 1", "bye"]
    record = rows[-1]
    assert isinstance(record, StreamRecord)
    assert (record.status, record.frames) == ("complete", 6 + 13 + 13)


def test_a_model_that_breaks_while_it_is_listened_to_leaves_no_answered_row() -> None:
    rows = play(Talker(breaks=True), [told("q", 4)])
    assert [(row.status, row.error and row.error.kind) for row in predictions(rows)] == [("error", "RuntimeError")]
    assert [question_id for _, _, question_id in said(rows)] == [None, None, "q"]


@pytest.mark.parametrize("off", [-3, 3])
def test_what_is_said_cannot_be_dated_to_another_frame_than_those_just_shown(off: int) -> None:
    rows = play(Talker(misdates=off), [told("q", 4)])
    (row,) = predictions(rows)
    assert row.error is not None
    assert "no frame that was just shown" in row.error.message
    assert not [one for one in said(rows) if one[2] == "q"]


def test_a_refused_instruction_is_an_error_of_that_question_alone() -> None:
    rows = play(Talker(refuses=True), [told("p", 4), told("q", 6)])
    assert [row.status for row in predictions(rows)] == ["error", "error"]
    assert {question_id for _, _, question_id in said(rows)} == {None}
    record = rows[-1]
    assert isinstance(record, StreamRecord)
    assert record.status == "complete"


@pytest.mark.parametrize(
    ("control", "wanted"),
    [
        ("constant", [(4, "Yes", "q")]),
        ("oracle", [(3, "three", "q"), (8, "eight", "q")]),
    ],
)
def test_controls_without_a_model_speak_at_their_own_times(
    control: str, wanted: list[tuple[Value, str, str | None]]
) -> None:
    model = Talker()
    rows = play(model, [told("q", 4)], control)
    assert said(rows) == wanted
    assert [row.status for row in predictions(rows)] == ["answered"]
    assert not model.sessions


@pytest.mark.parametrize("control", ["random-frames", "swapped"])
def test_altered_frames_can_be_listened_to_as_well(control: str) -> None:
    rows = play(Talker(), [told("q", 4)], control)
    assert {row.control for row in rows if isinstance(row, UtteranceRecord)} == {control}
    assert [text for _, text, question_id in said(rows) if question_id][:2] == ["6, told 1", "9, told 1"]
