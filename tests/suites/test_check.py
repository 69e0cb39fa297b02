from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from vstreamqa.errors import UserError
from vstreamqa.schema import Media, Question, Stream
from vstreamqa.suites.base import SuiteConfig
from vstreamqa.suites.check import check_config

STREAM = Stream(stream_id="a", source_id="a", media=Media(kind="video", path="a.mp4"), unit="second", start=0, end=10.5)
QUESTION = Question(
    question_id="q1", stream_id="a", source_id="a", time=10.5, text="Who?", format="open", evidence=(0, 3)
)


def config(streams: list[Stream], questions: list[Question]) -> SuiteConfig:
    return SuiteConfig(
        suite="s", config="c", root=Path(), streams=tuple(streams), questions=tuple(questions), data_hash="0"
    )


def message_of(streams: list[Stream], questions: list[Question]) -> str:
    with pytest.raises(UserError) as raised:
        check_config(config(streams, questions), Path("q.json"))
    message = str(raised.value)
    assert "\n" not in message
    return message


def changed(**fields: Any) -> Question:
    return msgspec.structs.replace(QUESTION, **fields)


def test_a_config_that_fits_together_passes() -> None:
    check_config(config([STREAM], [QUESTION, changed(question_id="q2", time=0)]), Path("q.json"))


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        (changed(time=10.6), "q.json: row 1: time 10.6 lies beyond the video's end (10.5 s)"),
        (changed(time=-1), "q.json: row 1: time -1 is negative"),
        (changed(time=float("nan")), "q.json: row 1: time nan is not a time"),
        (changed(time=True), "q.json: row 1: time True is not a number"),
        (changed(stream_id="b"), "q.json: row 1: stream_id 'b' is unknown; known: a"),
        (changed(evidence=(3, 1)), "q.json: row 1: evidence [3, 1] is reversed"),
        (changed(format="choice"), "q.json: row 1: format 'choice' has no options"),
        (
            changed(format="choice", options=("x", "y"), answer_index=2),
            "q.json: row 1: answer_index 2 names no option; there are 2",
        ),
    ],
)
def test_a_question_that_does_not_fit_is_named_with_its_row(question: Question, expected: str) -> None:
    assert message_of([STREAM], [question]).startswith(expected)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"unit": "frame"}, "unit 'frame' is unknown; did you mean 'keyframe'?"),
        ({"end": -1}, "start 0, end -1: give 0 <= start <= end"),
        ({"end": float("inf")}, "end inf: give"),
    ],
)
def test_a_stream_that_does_not_fit_is_named(fields: dict[str, Any], expected: str) -> None:
    message = message_of([msgspec.structs.replace(STREAM, **fields)], [])
    assert message.startswith("q.json: stream 'a': ")
    assert expected in message


def test_a_stream_given_twice_is_named() -> None:
    assert "stream_id is given twice" in message_of([STREAM, STREAM], [QUESTION])


def test_a_duplicate_id_names_both_rows() -> None:
    questions = [QUESTION, changed(question_id="q2"), changed(text="What?")]
    assert message_of([STREAM], questions).startswith("q.json: row 3: id 'q1' is that of row 1 too")


def test_a_time_before_a_stream_that_starts_later_is_named() -> None:
    late = msgspec.structs.replace(STREAM, start=5)
    assert "time 4 lies before the stream's start (5 s)" in message_of([late], [changed(time=4)])


def test_a_fraction_of_a_keyframe_is_named() -> None:
    movie = msgspec.structs.replace(STREAM, unit="keyframe", end=10)
    assert "time 4.5 is not a rank" in message_of([movie], [changed(time=4.5)])


def test_the_first_problem_is_told_and_the_others_are_counted() -> None:
    message = message_of([STREAM], [QUESTION, changed(question_id="q2", time=11), changed(question_id="q3", time=-1)])
    assert message.startswith("q.json: row 2: time 11")
    assert message.endswith("(and 1 more)")
