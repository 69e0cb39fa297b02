"""Plots of a view as Vega-Lite specifications; the page draws them."""

from __future__ import annotations

from collections.abc import Sequence

from vstreamqa.leaderboard.board import View
from vstreamqa.leaderboard.line import Line
from vstreamqa.leaderboard.plotspec import FEWEST, Plot, colour, percent, spec_of, tooltip
from vstreamqa.leaderboard.runplots import category_plot, latency_plot, memory_plot
from vstreamqa.leaderboard.submission import Submission

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


def plots(view: View, submissions: Sequence[Submission]) -> list[Plot]:
    """Return the plots of a view for which there are figures."""
    lines = [line for line in view.lines if line.value is not None and line.unit == "%"]
    # Accuracies of two tasks or judges are never drawn over each other, as they are never in one table.
    tables = [[line for line in table.lines if line.value is not None and line.unit == "%"] for table in view.tables]
    own = {(view.suite, view.config)}
    courses = [
        (one.title, course) for one in submissions for course in one.courses if (course.suite, course.config) in own
    ]
    found = [
        _drift(view, lines),
        _again(lines),
        *(_cost(some, "ttft", "time to first token (s)", "Accuracy against time to first token") for some in tables),
        *(_cost(some, "memory", "accelerator memory (GB)", "Accuracy against accelerator memory") for some in tables),
        *(category_plot(some) for some in tables),
        memory_plot(courses),
        latency_plot(courses),
    ]
    return [plot for plot in found if plot is not None]


def _drift(view: View, lines: Sequence[Line]) -> Plot | None:
    if view.suite != _DRIFT:
        return None
    data = [{"judge": line.judge, "model": line.model, "accuracy": line.value} for line in lines if line.judge]
    judges = sorted({line.judge for line in lines if line.judge}, key=_age_of)
    spec = spec_of(
        data,
        "Accuracy that versions of one judge give to the same predictions",
        mark={"type": "line", "point": {"filled": True, "size": 60}},
        encoding={
            "x": {"field": "judge", "type": "ordinal", "sort": judges, "title": None, "axis": {"labelAngle": -20}},
            "y": percent("accuracy", "accuracy (%)"),
            "color": colour("model"),
            "tooltip": tooltip("model", "judge", "accuracy"),
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
        {"claim": line.model, "who": who, "judge": one.judge, "accuracy": one.value}
        for line, other in pairs
        for who, one in (("claimed", line), ("re-run", other))
    ]
    if not data:
        return None
    spec = spec_of(
        data,
        "Accuracy as claimed and as others got it again",
        mark={"type": "point", "filled": True, "size": 90},
        encoding={
            "y": {"field": "claim", "type": "nominal", "title": None, "axis": {"labelLimit": 170}},
            "x": percent("accuracy", "accuracy (%)"),
            "color": colour("who"),
            "shape": {"field": "who", "type": "nominal", "title": None, "legend": {"orient": "bottom"}},
            "tooltip": tooltip("claim", "who", "judge", "accuracy"),
        },
    )
    return Plot(
        title="Claimed, and got again by others",
        note="Points of one line are the same method, run or judged again; their rows say by whom, with what judge.",
        spec=spec,
    )


def _cost(lines: Sequence[Line], field: str, axis: str, title: str) -> Plot | None:
    data = [
        {
            "model": line.model,
            "accuracy": line.value,
            "cost": getattr(line, field),
            "source": line.source,
            "measured on": getattr(line, f"{field}_of") or "this run",
            "doubt": line.warnings[0].title if line.warnings else "no warning",
        }
        for line in lines
        if line.metric == _ACCURACY and getattr(line, field) is not None
    ]
    if len(data) < FEWEST:
        return None
    spec = spec_of(
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
            "y": percent("accuracy", "accuracy (%)"),
            "color": colour("source"),
            "tooltip": tooltip("model", "accuracy", "cost", "measured on", "source", "doubt"),
        },
    )
    if any(one["doubt"] != data[0]["doubt"] for one in data):
        legend = {"orient": "bottom"}
        spec["encoding"]["shape"] = {"field": "doubt", "type": "nominal", "title": None, "legend": legend}
    return Plot(
        title=title,
        note=f"{lines[0].group}. Both figures of a point are from one source and name the same model; where a source "
        "gives several or prints a text, nothing is drawn. What latency and memory were measured on, and the hardware, "
        "differ: a row opens to it.",
        spec=spec,
    )
