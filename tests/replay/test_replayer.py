from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from fakes import JealousSource, NumberedSource, RecordingModel, RecordingSession, grid_of, make_question, make_stream

from vstreamqa.errors import MediaError, UserError
from vstreamqa.models.base import InputSpec, Prompt, Session, StreamInfo, Utterance
from vstreamqa.prompts import OWN
from vstreamqa.replay.controls import Control, parse_control
from vstreamqa.replay.replayer import Replayer, ReplaySettings, Row, StreamJob
from vstreamqa.replay.source import FrameSource
from vstreamqa.schema import Prediction, Question, Stream, StreamRecord, Unit, UtteranceRecord

SETTINGS = ReplaySettings(run_id="r", seed=1, fps=1.0, max_new_tokens=4, render=OWN.render)


def play(
    model: RecordingModel,
    questions: Sequence[Question],
    *,
    control: Control | None = None,
    source: FrameSource | None = None,
    partner: Stream | None = None,
    stream: Stream | None = None,
    missing: Sequence[str] | None = None,
) -> tuple[list[Prediction], StreamRecord, list[Row]]:
    stream = stream or make_stream()

    def opener(opened: Stream) -> FrameSource:
        return source or NumberedSource(grid_of(opened), 11)

    job = StreamJob(
        suite="suite",
        config="config",
        stream=stream,
        questions=questions,
        missing=frozenset(q.question_id for q in questions) if missing is None else frozenset(missing),
        control=control,
        partner=partner,
    )
    rows = list(Replayer(model, opener, SETTINGS).play(job))
    record = rows[-1]
    assert isinstance(record, StreamRecord)
    return [row for row in rows if isinstance(row, Prediction)], record, rows


def answers(rows: Sequence[Prediction]) -> dict[str, str | None]:
    return {row.question_id: row.prediction for row in rows}


QUESTIONS = [make_question("b", 5), make_question("a", 2), make_question("c", 5.5)]


def test_each_question_is_answered_from_the_frames_up_to_its_time() -> None:
    predictions, record, _ = play(RecordingModel(), QUESTIONS)
    assert answers(predictions) == {"a": "saw 0,1,2", "b": "saw 0,1,2,3,4,5", "c": "saw 0,1,2,3,4,5"}
    assert [(row.frames_seen, row.last_frame_time) for row in predictions] == [(3, 2), (6, 5), (6, 5)]
    assert record.frames == 6, "nothing is watched after the last question"
    assert record.status == "complete"


@pytest.mark.parametrize("max_batch", [1, 4, 100])
def test_nothing_is_read_ahead_of_a_question(max_batch: int) -> None:
    model = RecordingModel(input=InputSpec(fps=1.0, max_batch=max_batch))
    source = JealousSource(grid_of(make_stream()), 11, QUESTIONS, model.asked)
    predictions, _, _ = play(model, QUESTIONS, source=source)
    assert [row.status for row in predictions] == ["answered"] * 3
    assert source.closed


def test_batches_change_nothing_but_their_size() -> None:
    one = RecordingModel(input=InputSpec(fps=1.0, max_batch=1))
    many = RecordingModel(input=InputSpec(fps=1.0, max_batch=4))
    assert answers(play(one, QUESTIONS)[0]) == answers(play(many, QUESTIONS)[0])
    assert [len(batch) for batch in many.sessions[0].batches] == [3, 3]
    assert [batch.question_due for batch in many.sessions[0].batches] == [True, True]


def test_a_model_is_told_times_from_the_start_of_its_stream_and_nothing_of_its_length() -> None:
    model = RecordingModel()
    stream = make_stream(start=100, end=110)
    predictions, _, _ = play(model, [make_question("q", 103)], stream=stream)
    assert model.sessions[0].positions == [0, 10**9, 2 * 10**9, 3 * 10**9]
    assert predictions[0].last_frame_time == 103, "rows speak of the source's own axis"
    assert not hasattr(model.infos[0], "end")


def test_timings_are_ordered_and_those_from_the_due_moment_equal_those_from_the_call() -> None:
    row = play(RecordingModel(), QUESTIONS)[0][0]
    assert row.ttft_ns is not None
    assert row.answer_latency_ns is not None
    assert 0 < row.ttft_ns <= row.answer_latency_ns
    assert (row.ttft_ns, row.answer_latency_ns) == (row.ttft_service_ns, row.answer_latency_service_ns)
    assert (row.ask_lag_ns, row.output_tokens, row.input_tokens) == (0, 3, 7)


def test_a_torn_video_answers_what_came_before_and_errors_what_comes_after() -> None:
    error = MediaError("clip.mp4: ends at 4.0 s", path="clip.mp4", time=4.0)
    source = NumberedSource(grid_of(make_stream()), 11, fails_at=4, error=error)
    predictions, record, _ = play(RecordingModel(), QUESTIONS, source=source)
    assert {row.question_id: row.status for row in predictions} == {"a": "answered", "b": "error", "c": "error"}
    assert predictions[1].error is not None
    assert predictions[1].error.message == "clip.mp4: ends at 4.0 s"
    assert (record.status, record.frames) == ("error", 4)
    assert source.closed


def test_a_model_that_breaks_leaves_error_rows_for_the_rest_of_its_stream() -> None:
    model = RecordingModel(fail_on={"What about b?": RuntimeError("CUDA out of memory")})
    predictions, record, _ = play(model, QUESTIONS)
    assert {row.question_id: row.status for row in predictions} == {"a": "answered", "b": "error", "c": "error"}
    assert record.error is not None
    assert record.error.kind == "RuntimeError"
    assert model.sessions[0].closed


def test_a_question_the_model_refuses_costs_only_itself() -> None:
    model = RecordingModel(fail_on={"What about b?": UserError("the prompt is too long")})
    predictions, record, _ = play(model, QUESTIONS)
    assert {row.question_id: row.status for row in predictions} == {"a": "answered", "b": "error", "c": "answered"}
    assert record.status == "complete"


def test_a_stream_gone_on_with_asks_only_what_is_missing_and_watches_the_same() -> None:
    whole, half = RecordingModel(), RecordingModel()
    everything, record, _ = play(whole, QUESTIONS)
    rest, record_again, _ = play(half, QUESTIONS, missing=["b"])
    assert half.asked == ["What about b?"]
    assert answers(rest)["b"] == answers(everything)["b"]
    assert record.frames == record_again.frames
    assert [len(b) for b in whole.sessions[0].batches] == [len(b) for b in half.sessions[0].batches]


def control_answers(
    name: str, questions: Sequence[Question] = QUESTIONS, unit: Unit = "second"
) -> dict[str, str | None]:
    stream = make_stream(unit=unit)
    return answers(play(RecordingModel(), questions, control=parse_control(name), stream=stream)[0])


def test_blind_shows_nothing_and_opens_no_video() -> None:
    def no_video(stream: Stream) -> FrameSource:
        raise AssertionError("a video was opened")

    job = StreamJob(
        suite="s",
        config="c",
        stream=make_stream(),
        questions=QUESTIONS,
        missing=frozenset("abc"),
        control=Control("blind"),
    )
    rows = list(Replayer(RecordingModel(), no_video, SETTINGS).play(job))
    assert {row.prediction for row in rows if isinstance(row, Prediction)} == {"saw nothing"}
    assert {row.control for row in rows} == {"blind"}


def test_last_frame_shows_the_frame_at_the_question_and_no_other() -> None:
    assert control_answers("last-frame") == {"a": "saw 2", "b": "saw 5", "c": "saw 5"}


@pytest.mark.parametrize(("name", "seen"), [("last-frame", "saw 4"), ("recent-window:1", "saw 4"), ("window", "saw 4")])
def test_a_question_on_the_end_of_a_video_is_shown_the_last_frame_there_is(name: str, seen: str) -> None:
    stream = make_stream(start=0, end=5)
    source = NumberedSource(grid_of(stream), 5)  # a video of five seconds has no frame at 5
    question = make_question("q", 5, evidence=(5, 5))
    control = parse_control(name)
    assert answers(play(RecordingModel(), [question], control=control, stream=stream, source=source)[0]) == {"q": seen}


def test_recent_window_shows_the_last_seconds() -> None:
    assert control_answers("recent-window:3") == {"a": "saw 0,1,2", "b": "saw 3,4,5", "c": "saw 3,4,5"}


def test_recent_window_counts_keyframes_where_the_stream_does() -> None:
    questions = [make_question("a", 2), make_question("b", 9)]
    assert control_answers("recent-window:2", questions, "keyframe") == {"a": "saw 1,2", "b": "saw 8,9"}


def test_window_shows_the_evidence_and_never_what_comes_after_the_question() -> None:
    questions = [make_question("a", 8, evidence=(2, 4)), make_question("b", 5, evidence=(4, 9))]
    assert control_answers("window", questions) == {"a": "saw 2,3,4", "b": "saw 4,5"}


def test_shuffled_shows_the_frames_so_far_in_another_order_at_the_same_times() -> None:
    model = RecordingModel()
    play(model, [make_question("q", 9)], control=Control("shuffled"))
    session = model.sessions[0]
    assert sorted(session.pictures) == list(range(10))
    assert session.pictures != list(range(10))
    assert session.positions == [k * 10**9 for k in range(10)]


def test_random_frames_shows_noise_that_repeats() -> None:
    first, second = RecordingModel(), RecordingModel()
    for model in (first, second):
        play(model, QUESTIONS, control=Control("random-frames"))
    shown = [np.concatenate([b.frames for b in m.sessions[0].batches if b.frames is not None]) for m in (first, second)]
    assert np.array_equal(shown[0], shown[1])
    assert len(np.unique(shown[0])) > 20


def test_swapped_shows_another_stream_and_starts_it_again_when_it_ends() -> None:
    short = make_stream("other", end=3)
    model = RecordingModel()
    opened: list[str] = []

    def opener(stream: Stream) -> FrameSource:
        opened.append(stream.stream_id)
        return NumberedSource(grid_of(stream), 4)

    job = StreamJob(
        suite="s",
        config="c",
        stream=make_stream(),
        questions=[make_question("q", 6)],
        missing=frozenset("q"),
        control=Control("swapped"),
        partner=short,
    )
    rows = list(Replayer(model, opener, SETTINGS).play(job))
    assert isinstance(rows[0], Prediction)
    assert rows[0].prediction == "saw 0,1,2,3,0,1,2"
    assert set(opened) == {"other"}


def test_constant_and_oracle_answer_without_model_or_video() -> None:
    choice = Question(
        question_id="d",
        stream_id="s",
        source_id="x",
        time=1,
        text="Which?",
        format="choice",
        options=("red", "blue"),
        answer="blue",
        answer_index=1,
    )
    count = Question(
        question_id="e", stream_id="s", source_id="x", time=1, text="How many?", format="count", answer="3"
    )
    given = [make_question("a", 2, answer="No"), choice, count]
    assert control_answers("constant", given) == {"a": "Yes", "d": "A", "e": "1"}
    assert control_answers("oracle", given) == {"a": "No", "d": "B", "e": "3"}
    rows, record, _ = play(RecordingModel(), given, control=Control("oracle"))
    assert rows[0].answer_latency_ns is None, "an answer nobody computed took no time"
    assert record.rtfx is None


def test_the_same_seed_gives_a_session_the_same_seed_and_another_stream_another() -> None:
    model = RecordingModel()
    play(model, QUESTIONS)
    play(model, QUESTIONS)
    play(model, QUESTIONS, stream=make_stream("t"))
    assert model.infos[0].seed == model.infos[1].seed != model.infos[2].seed


def test_what_a_session_says_when_it_is_closed_becomes_an_utterance() -> None:
    class Late(RecordingSession):
        last_words: Sequence[Utterance] = ()

        def close(self) -> None:
            super().close()
            self.last_words = [Utterance(position=self.positions[-1], text="at last", output_tokens=2)]

    class LateModel(RecordingModel):
        def open(self, stream: StreamInfo, preface: Prompt | None = None) -> Session:
            return Late(self)

    rows = play(LateModel(), QUESTIONS)[2]
    said = [row for row in rows if isinstance(row, UtteranceRecord)]
    assert [(row.text, row.time, row.output_tokens) for row in said] == [("at last", 5, 2)]
    assert isinstance(rows[-1], StreamRecord)
