"""A video of one's own, with a file of questions about it."""

from __future__ import annotations

from pathlib import Path

import msgspec

from vstreamqa.errors import UserError
from vstreamqa.hashing import spec_hash
from vstreamqa.ids import question_id
from vstreamqa.schema import Question, Stream, to_value
from vstreamqa.suites.base import SuiteConfig
from vstreamqa.suites.check import Problem, config_problems, raise_first
from vstreamqa.suites.own_row import OwnRow, read_own_row
from vstreamqa.suites.rows import read_rows

SUITE_NAME = "own"


def load_own(video: Path, questions: Path, *, rate: float | None = None) -> SuiteConfig:
    """Read a video and the questions about it as the only config of a suite `own`, named after the video.

    Args:
        video: a video file, a folder of frames, a .npy file of frames or a .safetensors file of features.
        questions: a JSON list, JSON Lines or CSV. Every row needs `question` and `time` (seconds, or the rank where
            the video is a folder of keyframes) and may have `id`, `answer`, `options`, `category`, `format` and
            `evidence` ([start, end]). The answer of a choice is the text of an option, its letter, or its index from 0.
        rate: frames per second of a folder, array or feature file whose entries have times; not for video files.

    Raises:
        UserError: something is wrong with the questions; one line with the first problem and how many more there are.
        MediaError: the video is missing or cannot be read.
    """
    from vstreamqa.video import fingerprint

    stream = make_own_stream(video, rate)
    shown = fingerprint(stream.media, video.resolve().parent, unit=stream.unit)
    problems: list[Problem] = []
    places: list[str] = []
    asked: list[Question] = []
    for row in read_rows(questions):
        own, faults = (None, [row.problem]) if row.problem is not None else read_own_row(row.value, stream.unit)
        problems.extend(Problem(f"row {row.number}", fault) for fault in faults)
        if own is not None:
            places.append(f"row {row.number}")
            asked.append(make_own_question(own, stream))
    config = SuiteConfig(
        suite=SUITE_NAME,
        config=stream.stream_id,
        root=video.resolve().parent,
        streams=(stream,),
        questions=tuple(asked),
        data_hash=spec_hash({"media": shown, "questions": [msgspec.to_builtins(one) for one in asked]}),
    )
    raise_first(sorted([*problems, *config_problems(config, places)], key=_row_number), questions)
    return config


def make_own_stream(video: Path, rate: float | None) -> Stream:
    """Describe a video as a stream that shows all of it; the path of its medium is relative to the video's folder.

    Raises:
        UserError: a rate is missing, or given for what has its own.
        MediaError: the video is missing or cannot be read.
    """
    from vstreamqa.video import media_of, natural_unit, probe

    path = video.resolve()
    media = msgspec.structs.replace(media_of(path, rate), path=path.name)
    if media.kind in ("array", "features") and rate is None:
        raise UserError(f"{video}: its frames have no times of their own; give --rate, their number per second")
    unit = natural_unit(media)
    info = probe(media, path.parent, unit=unit)
    name = path.name if path.is_dir() else path.stem
    # The end of a stream of ranks is its last rank, not the one after it.
    end = to_value(info.duration, unit) if unit == "second" else info.duration - 1
    return Stream(stream_id=name, source_id=name, media=media, unit=unit, start=0, end=end)


def make_own_question(own: OwnRow, stream: Stream) -> Question:
    """Turn a row into a question about a stream."""
    identity = own.id or question_id(stream.source_id, stream.start, own.time, own.text, own.answer)
    return Question(
        question_id=identity,
        stream_id=stream.stream_id,
        source_id=stream.source_id,
        time=own.time,
        text=own.text,
        format=own.format,
        options=own.options,
        answer=own.answer,
        answer_index=own.answer_index,
        category=own.category,
        evidence=own.evidence,
        row=own.digest,
    )


def _row_number(problem: Problem) -> int:
    kind, _, number = problem.place.partition(" ")
    return int(number) if kind == "row" else 0
