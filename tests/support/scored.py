"""Planned, answered and scored rows in a few words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from vstreamqa.schema import Fault, Media, PlanRow, Prediction, Question, Stream, StreamRecord, SummaryRow
from vstreamqa.scoring.judge.base import Identity
from vstreamqa.scoring.judge.card import JudgeCard, Share


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


def a_share(value: float, *, effective_n: float | None = 200.0, clusters: int = 10) -> Share:
    return Share(
        n=200,
        count=round(200 * value),
        value=value,
        interval=(max(0, value - 0.05), min(1, value + 0.05)),
        interval_method="cluster-robust t",
        clusters=clusters,
        effective_n=effective_n,
        errors=0,
    )


def a_judge_card(**fields: Any) -> JudgeCard:
    """A card; the rates of open golds are those of all unless they are given."""
    positive, negative = fields.get("true_positive", a_share(0.9)), fields.get("true_negative", a_share(0.8))
    given = {
        "judge": Identity(name="test:judge"),
        "suites": ("mini/rvs-ego",),
        "n_questions": 100,
        "n_pairs": 400,
        "seed": 0,
        "pairs_hash": "0" * 16,
        "true_positive": positive,
        "true_negative": negative,
        "open_true_positive": positive,
        "open_true_negative": negative,
        "kinds": (),
        "position": a_share(0.0),
        "position_lean": None,
        "length_right": None,
        "length_wrong": None,
        "repeatability": a_share(1.0),
        "error_share": 0.0,
        "input_tokens": None,
        "output_tokens": None,
        "created_at": "2025-01-01T00:00:00+00:00",
        "vstreamqa": "0.1.0",
        **fields,
    }
    return JudgeCard(**given)
