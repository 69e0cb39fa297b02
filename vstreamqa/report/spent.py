"""What a run's own model spent, question by question and frame by frame, in as few points as a drawing needs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from vstreamqa.quantiles import quantile
from vstreamqa.schema import MemoryPoint, Prediction, StreamRecord

Config = tuple[str, str]
"""Suite and config."""
Wait = Literal["first token", "whole answer"]
Place = Literal["host", "accelerator"]
_SHARES = tuple(percent / 100 for percent in range(1, 101))
_STRETCHES = 60
"""Points of a course of memory, at most."""


@dataclass(frozen=True, slots=True)
class Latencies:
    """How long the answers of a config took.

    Attributes:
        config: suite and config.
        what: time to first token, or to the last piece of the answer.
        n: answers that were timed.
        quantiles: (share, nanoseconds), nearest rank, from 1 % to 100 %.
    """

    config: Config
    what: Wait
    n: int
    quantiles: tuple[tuple[float, int], ...]


@dataclass(frozen=True, slots=True)
class MemoryCourse:
    """The highest readings of a config's streams over frames seen.

    Attributes:
        config: suite and config.
        what: whose memory.
        points: (frames, bytes); at frames seen, the highest of any stream in that stretch.
    """

    config: Config
    what: Place
    points: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Spent:
    """Time and memory of the model itself; controls have no part in it."""

    latencies: tuple[Latencies, ...] = ()
    memory: tuple[MemoryCourse, ...] = ()


def spent(predictions: Iterable[Prediction], streams: Iterable[StreamRecord]) -> Spent:
    """Return what the model's own answers and streams took, config by config; nothing where nothing was measured."""
    answers: dict[Config, list[Prediction]] = {}
    for row in predictions:
        if row.control is None and row.status == "answered":
            answers.setdefault((row.suite, row.config), []).append(row)
    points: dict[Config, list[MemoryPoint]] = {}
    for record in streams:
        if record.control is None:
            points.setdefault((record.suite, record.config), []).extend(record.memory)
    latencies = (
        one
        for config, rows in answers.items()
        for one in (
            _latencies(config, "first token", [row.ttft_ns for row in rows]),
            _latencies(config, "whole answer", [row.answer_latency_ns for row in rows]),
        )
    )
    memory = (
        one
        for config, some in points.items()
        for one in (
            _course(config, "host", [(point.frames, point.host_rss_bytes) for point in some]),
            _course(config, "accelerator", [(point.frames, point.gpu_allocated_bytes) for point in some]),
        )
    )
    return Spent(
        latencies=tuple(one for one in latencies if one is not None),
        memory=tuple(one for one in memory if one is not None),
    )


def _latencies(config: Config, what: Wait, values: Sequence[int | None]) -> Latencies | None:
    known = sorted(value for value in values if value is not None)
    if not known:
        return None
    return Latencies(config, what, len(known), tuple((share, quantile(known, share)) for share in _SHARES))


def _course(config: Config, what: Place, readings: Sequence[tuple[int, int | None]]) -> MemoryCourse | None:
    known = [(frames, size) for frames, size in readings if size is not None]
    if not known:
        return None
    last = max(frames for frames, _ in known)
    highest: dict[int, tuple[int, int]] = {}
    for frames, size in known:
        place = min(_STRETCHES - 1, frames * _STRETCHES // max(last, 1))
        before = highest.get(place, (0, 0))
        highest[place] = max(before[0], frames), max(before[1], size)
    return MemoryCourse(config, what, tuple(highest[place] for place in sorted(highest)))
