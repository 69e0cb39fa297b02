"""Memory of the host and of the accelerator, at a moment and over a stream."""

from __future__ import annotations

import sys
from functools import cache
from typing import Any

import msgspec
import psutil

from vstreamqa.schema import MemoryPoint

_CURVE_POINTS = 64


class MemoryReading(msgspec.Struct, frozen=True, kw_only=True):
    """Sizes in bytes; the accelerator's are None where there is none.

    `gpu_allocated_bytes` and `gpu_reserved_bytes` are peaks since `reset_peaks`, the others are current.
    """

    host_rss_bytes: int
    gpu_allocated_bytes: int | None = None
    gpu_reserved_bytes: int | None = None
    gpu_device_bytes: int | None = None


@cache
def _process() -> psutil.Process:
    return psutil.Process()


def _cuda() -> Any | None:
    torch = sys.modules.get("torch")
    return torch.cuda if torch is not None and torch.cuda.is_initialized() else None


def reset_peaks() -> None:
    """Start the accelerator's peaks anew; called once, after the model is loaded."""
    if (cuda := _cuda()) is not None:
        cuda.reset_peak_memory_stats()


def free_cached() -> None:
    """Give cached device memory back, so that a stream that ran out of it does not take the next one down too."""
    if (cuda := _cuda()) is not None:
        cuda.empty_cache()


def read_memory() -> MemoryReading:
    """Read what the process and the device hold now.

    The device's own figure is what its driver reports as used, by whomever; on a shared device it counts others too.
    """
    rss = _process().memory_info().rss
    if (cuda := _cuda()) is None:
        return MemoryReading(host_rss_bytes=rss)
    free, total = cuda.mem_get_info()
    return MemoryReading(
        host_rss_bytes=rss,
        gpu_allocated_bytes=cuda.max_memory_allocated(),
        gpu_reserved_bytes=cuda.max_memory_reserved(),
        gpu_device_bytes=total - free,
    )


class MemoryCurve:
    """Memory over the frames of one stream, in at most 64 evenly spaced points however long the stream is.

    When the points run out, every second one is dropped and the spacing doubles.
    """

    def __init__(self) -> None:
        self._points: list[MemoryPoint] = []
        self._stride = 1
        self._next = 0

    def saw(self, frames: int) -> None:
        """Take a reading if `frames` frames is where the next point lies."""
        if frames < self._next:
            return
        self._points.append(_point(frames))
        if len(self._points) >= _CURVE_POINTS:
            del self._points[1::2]
            self._stride *= 2
        self._next = self._points[-1].frames + self._stride

    def finish(self, frames: int) -> tuple[MemoryPoint, ...]:
        """Return the curve, with the end of the stream as its last point."""
        if not self._points or self._points[-1].frames != frames:
            self._points.append(_point(frames))
        return tuple(self._points)


def _point(frames: int) -> MemoryPoint:
    return MemoryPoint(frames=frames, **msgspec.structs.asdict(read_memory()))
