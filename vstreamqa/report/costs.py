"""What answering and watching cost, over the rows of one arm. A figure that was not measured is None."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from vstreamqa.quantiles import quantiles
from vstreamqa.schema import NANOSECONDS, MemoryPoint, Prediction, StreamRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Answering:
    """Nearest-rank quantiles over answered questions, in nanoseconds."""

    ttft_p50_ns: int | None
    ttft_p95_ns: int | None
    answer_latency_p50_ns: int | None
    answer_latency_p95_ns: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Watching:
    """Speed of watching, over all of an arm's streams together.

    Attributes:
        frames_per_second: frames per second of watching.
        rtfx: stream seconds per second of watching.
    """

    frames_per_second: float | None = None
    rtfx: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """Highest reading of an arm, in bytes."""

    host_rss_peak_bytes: int | None = None
    gpu_allocated_peak_bytes: int | None = None
    gpu_reserved_peak_bytes: int | None = None
    gpu_device_peak_bytes: int | None = None


def answering(answered: Sequence[Prediction]) -> Answering:
    """Return the latencies of answered questions."""
    ttft = quantiles([row.ttft_ns for row in answered if row.ttft_ns is not None])
    latency = quantiles([row.answer_latency_ns for row in answered if row.answer_latency_ns is not None])
    return Answering(
        ttft_p50_ns=ttft.p50 if ttft else None,
        ttft_p95_ns=ttft.p95 if ttft else None,
        answer_latency_p50_ns=latency.p50 if latency else None,
        answer_latency_p95_ns=latency.p95 if latency else None,
    )


def watching(streams: Iterable[StreamRecord]) -> Watching:
    """Return the speed of watching over the streams that were watched to their end.

    Frames and stream seconds are summed and divided by the summed time, so a long stream weighs more than a short
    one. `rtfx` is None as soon as one stream counts in ranks.
    """
    watched = [
        (record.frames, record.watch_ns, record.rtfx)
        for record in streams
        if record.status == "complete" and record.frames and record.watch_ns
    ]
    total_ns = sum(watch_ns for _, watch_ns, _ in watched)
    if not total_ns:
        return Watching()
    stream_ns = [rtfx * watch_ns for _, watch_ns, rtfx in watched if rtfx is not None]
    return Watching(
        frames_per_second=sum(frames for frames, _, _ in watched) * NANOSECONDS / total_ns,
        rtfx=sum(stream_ns) / total_ns if len(stream_ns) == len(watched) else None,
    )


def memory_peaks(answered: Sequence[Prediction], streams: Iterable[StreamRecord]) -> Memory:
    """Return the highest memory readings at the ends of answers and along the streams."""
    readings: list[Prediction | MemoryPoint] = [*answered, *(point for record in streams for point in record.memory)]
    return Memory(
        host_rss_peak_bytes=_peak(reading.host_rss_bytes for reading in readings),
        gpu_allocated_peak_bytes=_peak(reading.gpu_allocated_bytes for reading in readings),
        gpu_reserved_peak_bytes=_peak(reading.gpu_reserved_bytes for reading in readings),
        gpu_device_peak_bytes=_peak(reading.gpu_device_bytes for reading in readings),
    )


def _peak(values: Iterable[int | None]) -> int | None:
    return max((value for value in values if value is not None), default=None)
