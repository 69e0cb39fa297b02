"""Was a row copied from another question?"""

from __future__ import annotations

from vstreamqa.audit.finding import Finding
from vstreamqa.audit.records.reading import RunRecords
from vstreamqa.audit.records.telling import failed_if, named
from vstreamqa.keys import prediction_key
from vstreamqa.schema import Prediction

NAME = "copied rows"
_MEASURABLE = 1_000_000
"""Nanoseconds; two answers that took less may well have taken equally long."""


def copied_rows(run: RunRecords) -> list[Finding]:
    """Look for rows with equal times: two answers never take equally long to the nanosecond."""
    first: dict[tuple[object, ...], Prediction] = {}
    faults = []
    for row in run.predictions:
        if row.answer_latency_ns is None or row.answer_latency_ns < _MEASURABLE:
            continue
        taken = row.prediction, row.ttft_ns, row.answer_latency_ns, row.restore_ns
        if taken in first:
            faults.append(f"{named(prediction_key(row))} is {named(prediction_key(first[taken]))} once more")
        first.setdefault(taken, row)
    return [
        failed_if(
            faults,
            check=NAME,
            found=f"{len(run.predictions)} rows",
            good="no two answers took equally long to the nanosecond",
            bad="answers were copied from other questions",
        )
    ]
