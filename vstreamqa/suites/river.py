"""RIVER (arXiv 2603.03985): the same questions asked live and when their evidence has grown old, and when to speak."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from vstreamqa.hashing import spec_hash
from vstreamqa.letters import without_letter
from vstreamqa.schema import Format, Question, Span, Value
from vstreamqa.suites.family import Asked, Family, Lack
from vstreamqa.suites.jsonlist import read_list

FILES = {
    "live-perception": "Live-Perception.json",
    "retro-memory": "Retro-Memory.json",
    "pro-response-instant": "Pro-Response-Instant.json",
    "pro-response-streaming": "Pro-Response-Streaming.json",
}
ITEMS = {"live-perception": 372, "retro-memory": 1488, "pro-response-instant": 1318, "pro-response-streaming": 246}
"""Rows of each file; one of the last asks several questions."""
_LIVE = frozenset({"Live-Perception", "Retro-Memory"})
"""Types of questions that are answered at once, by one of several options."""
_LATE = 2
"""Seconds after the last moment for which a stream goes on: a reply that comes so late is still in time."""
_SEGMENT = re.compile(r"_\d+\.\d+_\d+\.\d+$")
"""QVHighlights names a segment after its video and its start and end."""


class _Row(msgspec.Struct, frozen=True):
    """A row of any of the four files, times in seconds."""

    video_source: str
    video_id: str
    video_path: str
    duration_sec: Value
    question_type: str
    question_id: str | list[str]
    question: str | list[str]
    question_time: Value | list[Value]
    choices: list[str]
    correct_answer: str | dict[str, list[str]]
    time_reference: Value | list[Value] | dict[str, list[Value]]


def read(annotations: Path) -> Iterator[Asked | Lack]:
    """Read the four files of a folder; those that are not there are lacks.

    Raises:
        UserError: a file is no JSON list.
    """
    for config, name in FILES.items():
        path = annotations / name
        if not path.is_file():
            yield Lack(config, name, f"not in {annotations}; fetch the annotations of RIVER")
            continue
        rows = read_list(path)
        if len(rows) != ITEMS[config]:
            yield Lack(config, name, f"holds {len(rows)} items where {ITEMS[config]} are expected")
        for number, raw in enumerate(rows, 1):
            try:
                yield from _asked(config, msgspec.convert(raw, _Row), f"{name}, row {number}", spec_hash({"row": raw}))
            except (_Fault, msgspec.ValidationError, ValueError) as error:
                yield Lack(config, f"{name}, row {number}", f"skipped: {error}; fetch the annotations again")


class _Fault(Exception):  # noqa: N818 - internal; a lack is made of it
    """What is wrong with a row, a clause."""


def _asked(config: str, row: _Row, place: str, digest: str) -> Iterator[Asked]:
    for question in _narrations(row) if isinstance(row.question_id, list) else [_single(row, row.question_id)]:
        yield Asked(
            config=config,
            video=row.video_path,
            folder=row.video_source,
            question=msgspec.structs.replace(question, row=digest),
            place=place,
            until=max((span.end + _LATE for span in question.spans or ()), default=None),
        )


def _single(row: _Row, identity: str) -> Question:
    """Return the question of an item that asks one: a choice, or one to be answered when its moment has come."""
    if not isinstance(row.question, str) or isinstance(row.question_time, list):
        raise _Fault("question and question_time: one of each goes with one question_id")
    options = tuple(without_letter(option, index) for index, option in enumerate(row.choices)) or None
    answer, index = _gold(row.correct_answer, options)
    first, last = _reference(row.time_reference)
    live = row.question_type.partition("@")[0] in _LIVE
    return _question(
        row,
        identity,
        text=row.question,
        time=row.question_time,
        format="choice" if live else "proactive",
        options=options,
        answer=answer,
        answer_index=index,
        evidence=(first, last) if live else None,
        spans=None if live else (Span(start=first, end=last, text=answer),),
    )


def _narrations(row: _Row) -> Iterator[Question]:
    """Yield the questions of an item that asks for speech over a stretch of the video."""
    if not (isinstance(row.question, list) and isinstance(row.question_time, list)):
        raise _Fault("question and question_time: lists go with a list of question_id")
    if not (isinstance(row.correct_answer, dict) and isinstance(row.time_reference, dict)):
        raise _Fault("correct_answer and time_reference: keyed by question_id where that is a list")
    if not len(row.question_id) == len(row.question) == len(row.question_time):
        raise _Fault("question_id, question and question_time: lists of one length are wanted")
    for identity, text, time in zip(row.question_id, row.question, row.question_time, strict=True):
        moments, answers = row.time_reference.get(identity), row.correct_answer.get(identity)
        if moments is None or answers is None or len(moments) != len(answers):
            raise _Fault(
                f"correct_answer and time_reference of {identity!r}: as many of one as of the other are wanted"
            )
        replies = zip(moments, answers, strict=True)
        spans = tuple(Span(start=moment, end=moment, text=reply) for moment, reply in replies)
        yield _question(row, identity, text=text, time=time, format="proactive", spans=spans)


def _question(row: _Row, identity: str, *, text: str, time: Value, format: Format, **fields: Any) -> Question:
    return Question(
        question_id=f"{row.question_type}/{identity}",
        stream_id=row.video_id,
        source_id=_SEGMENT.sub("", row.video_id),
        time=time,
        text=text,
        format=format,
        category=row.question_type,
        **fields,
    )


def _gold(answer: str | Mapping[str, Any], options: Sequence[str] | None) -> tuple[str, int | None]:
    """Return the text of the gold, and which option it is where there are options."""
    if not isinstance(answer, str):
        raise _Fault(f"correct_answer {answer!r} is not text")
    if options is None:
        return answer, None
    index = ord(answer) - ord("A") if len(answer) == 1 else -1
    if not 0 <= index < len(options):
        raise _Fault(f"correct_answer {answer!r} names none of the {len(options)} choices")
    return options[index], index


def _reference(reference: Any) -> tuple[Value, Value]:
    if isinstance(reference, list) and len(reference) == 2:
        return reference[0], reference[1]
    if isinstance(reference, int | float):
        return reference, reference
    raise _Fault(f"time_reference {reference!r} is neither a moment nor [start, end]")


SUITE = Family(
    name="river",
    summary="the same questions live and with evidence of four ages; when to speak",
    configs=tuple(FILES),
    obtain="vstreamqa build river --annotations DIR --videos DIR --out DIR",
    read=read,
    expected={config: ITEMS[config] for config in ("live-perception", "retro-memory", "pro-response-instant")},
)
