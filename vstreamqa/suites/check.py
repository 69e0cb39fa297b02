"""What must hold of every config, whoever wrote it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from vstreamqa.errors import UserError, suggestion
from vstreamqa.schema import Question, Stream, Unit
from vstreamqa.suites.base import SuiteConfig

_LONGEST_VALUE = 60
_UNITS: tuple[str, ...] = get_args(Unit)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong.

    Attributes:
        place: where in its file, such as `row 3`.
        text: field, value and remedy, in one line.
    """

    place: str
    text: str


def check_config(config: SuiteConfig, where: Path) -> None:
    """Check a config as read.

    Args:
        config: what was read; its questions in the order of their rows.
        where: the file that holds the questions, for the message.

    Raises:
        UserError: something does not fit together; one line with the first problem and the number of the others.
    """
    raise_first(config_problems(config), where)


def raise_first(problems: Sequence[Problem], where: Path) -> None:
    """Raise a `UserError` about the first problem, if there is one, that says how many more there are."""
    if not problems:
        return
    more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
    raise UserError(f"{where}: {problems[0].place}: {problems[0].text}{more}")


def shown(value: Any) -> str:
    """Write a value so that it fits into a line."""
    text = repr(value)
    return text if len(text) <= _LONGEST_VALUE else f"{text[: _LONGEST_VALUE - 3]}..."


def config_problems(config: SuiteConfig, places: Sequence[str] | None = None) -> list[Problem]:
    """List what is wrong with a config, streams first.

    Args:
        config: what was read.
        places: the row each question stands in; `row 1` and so on if not given.
    """
    where = places if places is not None else [f"row {row}" for row in range(1, len(config.questions) + 1)]
    problems = list(_stream_problems(config.streams))
    found = question_problems(config.streams, config.questions, where)
    problems.extend(Problem(where[at], text) for at, text in found)
    return problems


def question_problems(
    streams: Sequence[Stream], questions: Sequence[Question], places: Sequence[str]
) -> Iterator[tuple[int, str]]:
    """Yield what is wrong with questions, each with the index of the question, from 0.

    Args:
        streams: what they may be asked about.
        questions: the questions.
        places: the row each stands in, for the message.
    """
    by_id = {stream.stream_id: stream for stream in streams}
    first: dict[str, int] = {}
    for at, question in enumerate(questions):
        yield from ((at, text) for text in _question_texts(question, by_id))
        before = first.setdefault(question.question_id, at)
        if before != at:
            yield at, f"id {question.question_id!r} is that of {places[before]} too; give another, or drop a row"


def _stream_problems(streams: Sequence[Stream]) -> Iterator[Problem]:
    seen = set()
    for stream in streams:
        place = f"stream {stream.stream_id!r}"
        if stream.stream_id in seen:
            yield Problem(place, "stream_id is given twice; give each stream its own")
        seen.add(stream.stream_id)
        if stream.unit not in _UNITS:
            yield Problem(place, f"unit {stream.unit!r} is unknown{suggestion(stream.unit, _UNITS)}")
        elif not 0 <= stream.start <= stream.end < math.inf:
            yield Problem(place, f"start {stream.start}, end {stream.end}: give 0 <= start <= end")


def _question_texts(question: Question, streams: dict[str, Stream]) -> Iterator[str]:
    stream = streams.get(question.stream_id)
    if stream is None:
        yield f"stream_id {question.stream_id!r} is unknown{suggestion(question.stream_id, streams)}"
        return
    time_problem = position_problem("time", question.time, stream.unit) or _outside(question, stream)
    if time_problem is not None:
        yield time_problem
    if question.evidence is not None:
        problems = list(evidence_problems(question.evidence, stream.unit))
        if not problems and time_problem is None:
            problems = list(_evidence_misplaced(question.evidence, question, stream))
        yield from problems
    if question.format == "choice":
        yield from _choice_texts(question)
    for span in question.spans or ():
        if not 0 <= span.start <= span.end < math.inf:
            yield f"span {span.start} to {span.end}: give 0 <= start <= end"


def position_problem(field: str, value: Any, unit: str) -> str | None:
    """Say what is wrong with a time that is to be a position, or None."""
    wanted = "a number of seconds" if unit == "second" else f"a whole number, the {unit}'s rank"
    if isinstance(value, bool) or not isinstance(value, int | float):
        return f"{field} {shown(value)} is not a number; give {wanted}"
    if value != value or abs(value) == math.inf:
        return f"{field} {value} is not a time; give {wanted}"
    if value < 0:
        return f"{field} {shown(value)} is negative; give {wanted} from 0"
    if unit != "second" and value != int(value):
        return f"{field} {shown(value)} is not a rank; give {wanted}"
    return None


def evidence_problems(evidence: tuple[Any, Any], unit: str) -> Iterator[str]:
    """Say what is wrong with an evidence window."""
    texts = [position_problem("evidence", value, unit) for value in evidence]
    yield from (text for text in texts if text is not None)
    if not any(texts) and evidence[0] > evidence[1]:
        yield f"evidence {list(evidence)} is reversed; give its start first"


def _evidence_misplaced(evidence: tuple[Any, Any], question: Question, stream: Stream) -> Iterator[str]:
    if evidence[1] > stream.end:
        yield f"evidence {list(evidence)} ends beyond the video's end ({stream.end}); end it at or before that"
    # A proactive question comes before what it asks about.
    if evidence[0] > question.time and question.format != "proactive":
        yield f"evidence {list(evidence)} begins after the question ({question.time}); it could not be seen by then"


def _outside(question: Question, stream: Stream) -> str | None:
    unit = " s" if stream.unit == "second" else ""
    if question.time > stream.end:
        return f"time {shown(question.time)} lies beyond the video's end ({stream.end}{unit}); ask at or before it"
    if question.time < stream.start:
        return f"time {shown(question.time)} lies before the stream's start ({stream.start}{unit}); ask at or after it"
    return None


def _choice_texts(question: Question) -> Iterator[str]:
    if not question.options:
        yield "format 'choice' has no options; give at least two, or another format"
    elif question.answer_index is not None and not 0 <= question.answer_index < len(question.options):
        yield f"answer_index {question.answer_index} names no option; there are {len(question.options)}, from 0"
