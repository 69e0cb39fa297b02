"""Plots of submitted runs: by category with intervals, memory and latency over stream time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from vstreamqa.leaderboard.line import Line
from vstreamqa.leaderboard.plotspec import FEWEST, Plot, Spec, colour, percent, spec_of, tooltip
from vstreamqa.leaderboard.submission import Course

_ROW = 26
"""Pixels of a category."""
_MIB, _MS = 1 << 20, 1_000_000


def category_plot(lines: Sequence[Line]) -> Plot | None:
    """Draw the figures of runs by category, with intervals; None where no run has categories."""
    data = [
        {"model": f"{line.model} ({line.metric})", "category": name, "figure": figure, "low": low, "high": high}
        for line in lines
        for name, figure, low, high in line.parts
    ]
    if not data:
        return None
    shared = {
        "y": {"field": "category", "type": "nominal", "title": None, "axis": {"labelLimit": 170}},
        "yOffset": {"field": "model", "type": "nominal"},
        "color": colour("model"),
    }
    spec = spec_of(data, "Figures of submitted runs by category, with 95 % intervals")
    spec["height"] = _ROW * max(2, len({(one["category"], one["model"]) for one in data}))
    spec["layer"] = [
        {
            "mark": {"type": "rule", "strokeWidth": 2, "opacity": 0.6},
            "encoding": {**shared, "x": percent("low", "%"), "x2": {"field": "high"}},
        },
        {
            "mark": {"type": "point", "filled": True, "size": 80},
            "encoding": {
                **shared,
                "x": percent("figure", "%"),
                "tooltip": tooltip("model", "category", "figure", "low", "high"),
            },
        },
    ]
    return Plot(title="By category", note=f"{lines[0].group}. Bars are 95 % intervals; papers give none.", spec=spec)


def memory_plot(courses: Sequence[tuple[str, Course]]) -> Plot | None:
    """Draw memory over the frames of a stream, model by model; None where nothing was recorded."""
    data = list(_memory_points(courses))
    if len({point["at"] for point in data}) < FEWEST:
        return None
    spec = _over_time(data, "frames", "frames seen", "memory (MiB)", "Memory over the frames of a stream")
    return Plot(
        title="Memory over stream time",
        note="The most that any stream took after about so many frames. Host memory includes the weights.",
        spec=spec,
    )


def _memory_points(courses: Sequence[tuple[str, Course]]) -> Iterator[dict[str, Any]]:
    for title, course in courses:
        for point in course.memory:
            for what, size in (("host", point.host_rss_bytes), ("accelerator", point.gpu_allocated_bytes)):
                if size is not None:
                    yield {"at": point.frames, "figure": size / _MIB, "series": f"{title}, {what}"}


def latency_plot(courses: Sequence[tuple[str, Course]]) -> Plot | None:
    """Draw latency over the age of a stream, model by model; None where all was asked at one age."""
    data = list(_latency_points(courses))
    if len({point["at"] for point in data}) < FEWEST:
        return None
    unit = courses[0][1].unit
    spec = _over_time(data, "age", f"age of the stream ({unit}s)", "milliseconds", "Latency over the age of a stream")
    return Plot(
        title="Latency over stream time",
        note="Medians of the questions asked at about that age of their stream.",
        spec=spec,
    )


def _latency_points(courses: Sequence[tuple[str, Course]]) -> Iterator[dict[str, Any]]:
    for title, course in courses:
        for point in course.latency:
            for what, taken in (("first token", point.ttft_p50_ns), ("whole answer", point.answer_latency_p50_ns)):
                if taken is not None:
                    yield {"at": point.age, "figure": taken / _MS, "series": f"{title}, {what}"}


def _over_time(data: list[dict[str, Any]], name: str, x: str, y: str, about: str) -> Spec:
    return spec_of(
        data,
        about,
        mark={"type": "line", "point": True},
        encoding={
            "x": {"field": "at", "type": "quantitative", "title": x},
            "y": {"field": "figure", "type": "quantitative", "title": y, "scale": {"zero": True}},
            "color": colour("series"),
            "strokeDash": colour("series"),
            "tooltip": [*tooltip("series"), {"field": "at", "title": name}, {"field": "figure", "title": y}],
        },
    )
