"""What a run's utterances must be: there, and of the plan."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from vstreamqa.errors import UserError
from vstreamqa.keys import prediction_key, row_key, stream_key
from vstreamqa.schema import PlanRow, Prediction, Stream, UtteranceRecord, to_position


def check_utterances(
    file: Path, plan: Sequence[PlanRow], predictions: Sequence[Prediction], said: Sequence[UtteranceRecord]
) -> None:
    """Refuse what was said of a run if it is lost, or was not said in it.

    Args:
        file: where it is kept; every run makes the file, even if nothing is said.
        plan: what was to be asked.
        predictions: the rows so far; without an answered proactive question nothing need have been said.
        said: what the file holds.

    Raises:
        UserError: the file is missing, or an utterance is of no planned stream, of a question that is no proactive one
            of its stream, or of a time outside its stream.
    """
    listened = {
        row_key(row, control): row.stream.stream_id
        for row in plan
        if row.question.format == "proactive"
        for control in row.controls
    }
    if not file.exists() and any(row.status == "answered" and prediction_key(row) in listened for row in predictions):
        raise UserError(
            f"{file}: missing, and the run's proactive questions are scored by what it holds; "
            "put it back, or run again with --fresh"
        )
    streams = {
        (row.suite, row.config, row.stream.stream_id, control): row.stream for row in plan for control in row.controls
    }
    for number, row in enumerate(said, start=1):
        stream = streams.get(stream_key(row))
        heard = row.question_id is None or (
            listened.get((row.suite, row.config, row.question_id, row.control)) == row.stream_id
        )
        fault = _fault(row, stream, heard=heard)
        if fault is not None:
            raise UserError(f"{file}, line {number}: {fault}; score it with the plan it was made from")


def _fault(row: UtteranceRecord, stream: Stream | None, *, heard: bool) -> str | None:
    where = f"of {row.suite}/{row.config}" + (f" under control {row.control!r}" if row.control else "")
    if stream is None:
        return f"stream {row.stream_id!r} {where} is not in the plan"
    if not heard:
        return f"question {row.question_id!r} {where} is no proactive question of the plan's stream {row.stream_id!r}"
    first, time, last = (to_position(value, stream.unit) for value in (stream.start, row.time, stream.end))
    if not first <= time <= last:
        return f"time {row.time} lies outside stream {row.stream_id!r} {where} ({stream.start} to {stream.end})"
    return None
