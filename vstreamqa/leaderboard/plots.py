"""Plots of a view as Vega-Lite specifications; the page draws them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from vstreamqa.leaderboard.board import View
from vstreamqa.leaderboard.line import Line
from vstreamqa.leaderboard.submission import Course, Submission

Spec = dict[str, Any]
_SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
_DRIFT = "judge drift"
_ACCURACY = "accuracy"
JUDGE_ORDER = (
    "gpt-3.5-turbo-0301",
    "GPT-3.5 in June 2023",
    "gpt-3.5-turbo-0613",
    "GPT-3.5 in July 2023",
    "gpt-3.5-turbo-1106",
    "gpt-3.5-turbo-0125",
)
"""Versions of one judge in the order of their release, January 2024 last."""
_ROW = 26
_FEWEST = 2
"""Points of which a drawing says more than the table."""
_MIB, _MS = 1 << 20, 1_000_000


class Plot(msgspec.Struct, frozen=True, kw_only=True):
    """A drawing with what must be said of it."""

    title: str
    note: str
    spec: Spec


def plots(view: View, submissions: Sequence[Submission]) -> list[Plot]:
    """Return the plots of a view for which there are figures."""
    lines = [line for line in view.lines if line.value is not None and line.unit == "%"]
    own = {(view.suite, view.config)}
    courses = [
        (one.title, course) for one in submissions for course in one.courses if (course.suite, course.config) in own
    ]
    found = [
        _drift(view, lines),
        _again(lines),
        _cost(lines, "ttft", "time to first token (s)", "Accuracy against time to first token"),
        _cost(lines, "memory", "peak accelerator memory (GB)", "Accuracy against accelerator memory"),
        _parts(lines),
        _memory(courses),
        _latency(courses),
    ]
    return [plot for plot in found if plot is not None]


def _drift(view: View, lines: Sequence[Line]) -> Plot | None:
    if view.suite != _DRIFT:
        return None
    data = [{"judge": line.judge, "model": line.model, "accuracy": line.value} for line in lines if line.judge]
    judges = sorted({one["judge"] for one in data}, key=_age_of)
    spec = _spec(
        data,
        "Accuracy that versions of one judge give to the same predictions",
        mark={"type": "line", "point": {"filled": True, "size": 60}},
        encoding={
            "x": {"field": "judge", "type": "ordinal", "sort": judges, "title": None, "axis": {"labelAngle": -20}},
            "y": _percent("accuracy", "accuracy (%)"),
            "color": _colour("model"),
            "tooltip": _tooltip("model", "judge", "accuracy"),
        },
    )
    return Plot(
        title="What the judge's version does to the same predictions",
        note="A line is one fixed set of predictions; only the judge changes from left to right, oldest version first.",
        spec=spec,
    )


def _age_of(judge: str) -> tuple[int, str]:
    return (JUDGE_ORDER.index(judge) if judge in JUDGE_ORDER else len(JUDGE_ORDER), judge)


def _again(lines: Sequence[Line]) -> Plot | None:
    by_id = {line.id: line for line in lines}
    pairs = [(line, by_id[one.line]) for line in lines for one in line.again if one.line in by_id]
    pairs = [(line, other) for line, other in pairs if line.metric == other.metric == _ACCURACY]
    data = [
        {"claim": f"{line.model} (claimed {line.shown})", "who": who, "judge": one.judge, "accuracy": one.value}
        for line, other in pairs
        for who, one in (("claimed", line), ("re-run", other))
    ]
    if not data:
        return None
    spec = _spec(
        data,
        "Accuracy as claimed and as others got it again",
        mark={"type": "point", "filled": True, "size": 90},
        encoding={
            "y": {"field": "claim", "type": "nominal", "title": None, "axis": {"labelLimit": 260}},
            "x": _percent("accuracy", "accuracy (%)"),
            "color": _colour("who"),
            "shape": {"field": "who", "type": "nominal", "title": None, "legend": {"orient": "bottom"}},
            "tooltip": _tooltip("claim", "who", "judge", "accuracy"),
        },
    )
    return Plot(
        title="Claimed, and got again by others",
        note="The re-runs name another judge than the claim; the weights or predictions are the authors'.",
        spec=spec,
    )


def _cost(lines: Sequence[Line], field: str, axis: str, title: str) -> Plot | None:
    data = [
        {
            "model": line.model,
            "accuracy": line.value,
            "cost": getattr(line, field),
            "source": line.source,
            "table": line.group,
        }
        for line in lines
        if line.metric == _ACCURACY and getattr(line, field) is not None
    ]
    if len(data) < _FEWEST:
        return None
    spec = _spec(
        data,
        title,
        mark={"type": "point", "filled": True, "size": 80, "opacity": 0.85},
        encoding={
            "x": {
                "field": "cost",
                "type": "quantitative",
                "title": axis,
                "scale": {"type": "log"} if field == "ttft" else {"zero": True},
            },
            "y": _percent("accuracy", "accuracy (%)"),
            "color": _colour("source"),
            "tooltip": _tooltip("model", "accuracy", "cost", "source", "table"),
        },
    )
    return Plot(
        title=title,
        note="Both figures of a point are from one source and name the same model; where a source gives several or "
        "prints a text, nothing is drawn. Hardware differs between sources.",
        spec=spec,
    )


def _parts(lines: Sequence[Line]) -> Plot | None:
    data = [
        {"model": f"{line.model} ({line.metric})", "category": name, "figure": figure, "low": low, "high": high}
        for line in lines
        for name, figure, low, high in line.parts
    ]
    if not data:
        return None
    shared = {
        "y": {"field": "category", "type": "nominal", "title": None, "axis": {"labelLimit": 220}},
        "yOffset": {"field": "model", "type": "nominal"},
        "color": _colour("model"),
    }
    spec = _spec(data, "Figures of submitted runs by category, with 95 % intervals")
    spec["height"] = _ROW * max(2, len({(one["category"], one["model"]) for one in data}))
    spec["layer"] = [
        {
            "mark": {"type": "rule", "strokeWidth": 2, "opacity": 0.6},
            "encoding": {**shared, "x": _percent("low", "%"), "x2": {"field": "high"}},
        },
        {
            "mark": {"type": "point", "filled": True, "size": 80},
            "encoding": {
                **shared,
                "x": _percent("figure", "%"),
                "tooltip": _tooltip("model", "category", "figure", "low", "high"),
            },
        },
    ]
    return Plot(
        title="By category", note="Submitted runs alone: papers give no intervals. Bars are 95 % intervals.", spec=spec
    )


def _memory(courses: Sequence[tuple[str, Course]]) -> Plot | None:
    data = list(_memory_points(courses))
    if len({point["at"] for point in data}) < _FEWEST:
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
                    yield {"at": point.frames, "figure": size / _MIB, "what": what, "model": title}


def _latency(courses: Sequence[tuple[str, Course]]) -> Plot | None:
    data = list(_latency_points(courses))
    if len({point["at"] for point in data}) < _FEWEST:
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
                    yield {"at": point.age, "figure": taken / _MS, "what": what, "model": title}


def _over_time(data: list[dict[str, Any]], name: str, x: str, y: str, about: str) -> Spec:
    return _spec(
        data,
        about,
        mark={"type": "line", "point": True},
        encoding={
            "x": {"field": "at", "type": "quantitative", "title": x},
            "y": {"field": "figure", "type": "quantitative", "title": y, "scale": {"zero": True}},
            "color": _colour("model"),
            "strokeDash": {
                "field": "what",
                "type": "nominal",
                "title": None,
                "legend": {"orient": "bottom", "symbolType": "stroke"},
            },
            "tooltip": [*_tooltip("model", "what"), {"field": "at", "title": name}, {"field": "figure", "title": y}],
        },
    )


def _spec(data: list[dict[str, Any]], description: str, **rest: Any) -> Spec:
    # Names are data, and `.` or `[` in a value means nothing to Vega-Lite: only field names are paths.
    return {
        "$schema": _SCHEMA,
        "description": description,
        "width": "container",
        "height": 260,
        "autosize": {"type": "fit-x", "contains": "padding"},
        "data": {"values": data},
        **rest,
    }


def _percent(field: str, title: str) -> Spec:
    return {"field": field, "type": "quantitative", "title": title, "scale": {"zero": False, "nice": True}}


def _colour(field: str) -> Spec:
    legend = {"orient": "bottom", "columns": 2, "labelLimit": 260}
    return {"field": field, "type": "nominal", "title": None, "legend": legend}


def _tooltip(*fields: str) -> list[Spec]:
    return [{"field": field, "title": field} for field in fields]
