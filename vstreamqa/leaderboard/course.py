"""Memory and latency of a run over stream time, in few points."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from statistics import median_low
from typing import TypeVar

from vstreamqa.leaderboard.submission import Course, LatencyAt, MemoryAt
from vstreamqa.results import RunData
from vstreamqa.schema import MemoryPoint, PlanRow, Prediction, Unit, Value, to_position, to_value

T = TypeVar("T")
_POINTS = 24


def courses(data: RunData) -> tuple[Course, ...]:
    """Return the course of every config under the model itself; its answers and streams, no control's."""
    by_config: dict[tuple[str, str], list[PlanRow]] = {}
    for row in data.plan:
        by_config.setdefault((row.suite, row.config), []).append(row)
    found = []
    for (suite, config), rows in by_config.items():
        points = [
            point
            for stream in data.streams
            if (stream.suite, stream.config, stream.control) == (suite, config, None)
            for point in stream.memory
        ]
        answers = [
            one
            for one in data.predictions
            if (one.suite, one.config, one.control) == (suite, config, None) and one.status == "answered"
        ]
        memory, latency = _memory(points), _latency(rows, answers)
        if memory or latency:
            unit = rows[0].stream.unit
            found.append(Course(suite=suite, config=config, unit=unit, memory=memory, latency=latency))
    return tuple(found)


def _memory(points: Sequence[MemoryPoint]) -> tuple[MemoryAt, ...]:
    return tuple(
        MemoryAt(
            frames=max(point.frames for point in some),
            host_rss_bytes=_most(point.host_rss_bytes for point in some),
            gpu_allocated_bytes=_most(point.gpu_allocated_bytes for point in some),
        )
        for some in _cut([(point.frames, point) for point in points])
    )


def _latency(rows: Sequence[PlanRow], answers: Sequence[Prediction]) -> tuple[LatencyAt, ...]:
    starts = {row.question.question_id: (row.stream.start, row.stream.unit) for row in rows}
    aged = [
        (to_position(one.asked_at, unit) - to_position(start, unit), one)
        for one in answers
        for start, unit in (starts[one.question_id],)
        if one.ttft_ns is not None or one.answer_latency_ns is not None
    ]
    unit = rows[0].stream.unit
    return tuple(
        LatencyAt(
            age=_age([age for age, _ in some], unit),
            n=len(some),
            ttft_p50_ns=_middle(one.ttft_ns for _, one in some),
            answer_latency_p50_ns=_middle(one.answer_latency_ns for _, one in some),
        )
        for some in _cut([(age, (age, one)) for age, one in aged])
    )


def _cut(items: Sequence[tuple[int, T]]) -> list[list[T]]:
    """Cut what lies along an axis into at most `_POINTS` stretches of equal length; empty ones are left out."""
    if not items:
        return []
    low, high = min(at for at, _ in items), max(at for at, _ in items)
    cut: dict[int, list[T]] = {}
    for at, item in items:
        place = min(_POINTS - 1, (at - low) * _POINTS // (high - low)) if high > low else 0
        cut.setdefault(place, []).append(item)
    return [cut[place] for place in sorted(cut)]


def _age(ages: Sequence[int], unit: Unit) -> Value:
    return to_value(median_low(ages), unit)


def _most(values: Iterable[int | None]) -> int | None:
    return max((value for value in values if value is not None), default=None)


def _middle(values: Iterable[int | None]) -> int | None:
    known = [value for value in values if value is not None]
    return median_low(known) if known else None
