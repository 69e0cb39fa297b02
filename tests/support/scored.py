"""Planned, answered and scored rows in a few words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from vstreamqa.schema import Fault, Media, PlanRow, Prediction, Question, Stream, StreamRecord, SummaryRow


def a_question(question_id: str = "q", **fields: Any) -> Question:
    given = {
        "question_id": question_id,
        "stream_id": "s",
        "source_id": "v",
        "time": 5,
        "text": "What is it?",
        "format": "open",
        **fields,
    }
    return Question(**given)


def a_plan_row(
    question: Question,
    *,
    suite: str = "mini",
    config: str = "rvs-ego",
    controls: Sequence[str | None] = (None,),
    closed: bool | None = None,
) -> PlanRow:
    stream = Stream(
        stream_id=question.stream_id,
        source_id=question.source_id,
        media=Media(kind="video", path="v.mp4"),
        unit="second",
        start=0,
        end=10,
    )
    return PlanRow(
        suite=suite,
        config=config,
        question=question,
        stream=stream,
        controls=tuple(controls),
        closed=suite == "mini" if closed is None else closed,
    )


def an_answer(text: str | None, *, question_id: str = "q", control: str | None = None, **fields: Any) -> Prediction:
    given = {
        "run_id": "r",
        "suite": "mini",
        "config": "rvs-ego",
        "stream_id": "s",
        "source_id": "v",
        "question_id": question_id,
        "asked_at": 5,
        "prediction": text,
        "status": "answered",
        "clock": "logical",
        "control": control,
        "started_at": "2025-01-01T00:00:00+00:00",
        **fields,
    }
    return Prediction(**given)


def a_failure(*, question_id: str = "q", control: str | None = None) -> Prediction:
    fault = Fault(kind="RuntimeError", message="torn")
    return an_answer(None, question_id=question_id, control=control, status="error", error=fault)


def a_stream_record(stream_id: str = "s", *, control: str | None = None, **fields: Any) -> StreamRecord:
    given = {
        "suite": "mini",
        "config": "rvs-ego",
        "stream_id": stream_id,
        "control": control,
        "frames": 10,
        "dropped_frames": 0,
        "watch_ns": 1_000_000_000,
        "decode_ns": None,
        "rtfx": 10.0,
        "frame_latency_ns": None,
        "deadline_misses": None,
        "memory": (),
        "status": "complete",
        **fields,
    }
    return StreamRecord(**given)


def a_summary_row(**fields: Any) -> SummaryRow:
    given = {
        "suite": "mini",
        "config": "rvs-ego",
        "category": None,
        "control": None,
        "n_expected": 200,
        "n_answered": 198,
        "n_scored": 200,
        "accuracy": 0.5731,
        "interval": (0.51, 0.6364),
        "interval_method": "cluster-robust t",
        "clusters": 10,
        "score": None,
        "unparsed_share": 0.02,
        "judged_share": 1.0,
        "averaging": "micro",
        **fields,
    }
    return SummaryRow(**given)
