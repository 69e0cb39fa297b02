"""Does every answer of the model bear the traces of having been given?"""

from __future__ import annotations

from collections.abc import Iterator

from vstreamqa.audit.finding import Finding
from vstreamqa.audit.records.reading import RunRecords
from vstreamqa.audit.records.telling import failed_if, named
from vstreamqa.keys import prediction_key
from vstreamqa.replay.controls import parse_control
from vstreamqa.schema import Prediction

NAME = "traces of answers"


def traces(run: RunRecords) -> list[Finding]:
    """Look at what the replay writes into every row: a text and times where there is an answer, else a reason.

    An error that was made to look like an answer has no times; an answer that was made to look like an error has.
    """
    faults = [f"{named(prediction_key(row))}: {fault}" for row in run.predictions for fault in _faults(row)]
    return [
        failed_if(
            faults,
            check=NAME,
            found=f"{len(run.predictions)} rows",
            good="answers have a text and times, errors a reason",
            bad="rows were changed after they were written",
        )
    ]


def _faults(row: Prediction) -> Iterator[str]:
    by_model = row.control is None or parse_control(row.control).needs_model
    if row.status == "error":
        if row.prediction is not None or row.answer_latency_ns is not None:
            yield "an error that has an answer"
        if row.error is None:
            yield "an error without a reason"
        return
    if row.prediction is None:
        yield "an answer without a text"
    if row.error is not None:
        yield "an answer with a reason why there is none"
    if by_model and (row.ask_lag_ns is None or row.frames_seen is None):
        yield "an answer that was never waited for"
    if by_model and row.prediction and row.answer_latency_ns is None:
        yield "an answer that took no time"
    if not by_model and row.answer_latency_ns is not None:
        yield "an answer no model gave, with times"
    if row.ttft_ns is not None and row.answer_latency_ns is not None and row.ttft_ns > row.answer_latency_ns:
        yield "its first word came after its last"
