"""What identifies a row in every file of a run."""

from __future__ import annotations

from vstreamqa.schema import PlanRow, Prediction, RowKey, StreamRecord, UtteranceRecord, Verdict


def row_key(row: PlanRow, control: str | None) -> RowKey:
    """Return the key of a planned question under one of its controls."""
    return row.suite, row.config, row.question.question_id, control


def prediction_key(prediction: Prediction) -> RowKey:
    """Return the key of a prediction."""
    return prediction.suite, prediction.config, prediction.question_id, prediction.control


def verdict_key(verdict: Verdict) -> RowKey:
    """Return the key of a verdict."""
    return verdict.suite, verdict.config, verdict.question_id, verdict.control


def stream_key(row: StreamRecord | UtteranceRecord | Prediction) -> RowKey:
    """Return the key of the stream, under its control, that a row belongs to."""
    return row.suite, row.config, row.stream_id, row.control
