"""Drawings of what the model itself spent: how long answers took, and memory over frames."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import altair as alt

from vstreamqa.report.chart import palette
from vstreamqa.report.names import short_names, visible
from vstreamqa.report.panel import Panel
from vstreamqa.report.reported import Reported

_WIDTH, _HEIGHT, _COLUMNS = 300, 180, 3
_MS, _MIB = 1_000_000, 1 << 20
_GAP = 14
_FEWEST = 2
"""Points of which a drawing says more than a table."""


def latency_panel(runs: Sequence[Reported]) -> Iterator[Panel]:
    """Yield the share of answers by the time that they took, if any was timed."""
    points = [
        {
            "run": visible(run.label),
            "config": visible("/".join(one.config)),
            "what": one.what,
            "ms": duration / _MS,
            "share": 100 * share,
        }
        for run in runs
        for one in run.spent.latencies
        for share, duration in one.quantiles
        if duration > 0
    ]
    if len(points) < _FEWEST:
        return
    chart = _courses(
        points,
        x=alt.X("ms:Q", title="milliseconds since the question was due", scale=alt.Scale(type="log", nice=False)),
        y=alt.Y("share:Q", title="answers there by then (%)", scale=alt.Scale(domain=[0, 100])),
    )
    yield Panel("How long answers took", "Share of answers by the time that they took, of the model itself.", chart)


def memory_panel(runs: Sequence[Reported]) -> Iterator[Panel]:
    """Yield memory over frames seen, if any was read."""
    points = [
        {
            "run": visible(run.label),
            "config": visible("/".join(one.config)),
            "what": one.what,
            "frames": frames,
            "size": size / _MIB,
        }
        for run in runs
        for one in run.spent.memory
        for frames, size in one.points
    ]
    if len(points) < _FEWEST:
        return
    chart = _courses(
        points,
        x=alt.X("frames:Q", title="frames seen"),
        y=alt.Y("size:Q", title="MiB", scale=alt.Scale(zero=False), axis=alt.Axis(titlePadding=_GAP)),
    )
    yield Panel(
        "Memory over frames", "Memory against frames seen, the highest of any stream; of the model itself.", chart
    )


def _courses(points: list[dict[str, Any]], *, x: alt.X, y: alt.Y) -> alt.FacetChart:
    """Draw a line for every run, dashed for what is second of two, in a panel for every config."""
    runs = short_names(dict.fromkeys(str(point["run"]) for point in points))
    configs = short_names(dict.fromkeys(str(point["config"]) for point in points))
    kinds = list(dict.fromkeys(str(point["what"]) for point in points))
    points = [{**one, "run": runs[one["run"]], "config": configs[one["config"]]} for one in points]
    legend = alt.Legend(orient="bottom", labelLimit=0, columns=2, symbolType="stroke", symbolStrokeWidth=2)
    line = (
        alt.Chart()
        .mark_line(strokeWidth=1.5)
        .encode(
            x=x,
            y=y,
            color=alt.Color(
                "run:N",
                title=None,
                legend=legend if len(runs) > 1 else None,
                scale=alt.Scale(domain=list(runs.values()), range=palette(len(runs))),
            ),
            strokeDash=alt.StrokeDash(
                "what:N",
                title=None,
                legend=legend if len(kinds) > 1 else None,
                scale=alt.Scale(domain=kinds, range=[[1, 0], [5, 4]][: len(kinds)]),
            ),
        )
        .properties(data=alt.InlineData(values=points), width=_WIDTH, height=_HEIGHT)
    )
    chart: alt.FacetChart = line.facet(
        facet=alt.Facet("config:N", title=None, sort=list(configs.values())), columns=_COLUMNS
    ).resolve_scale(x="independent", y="independent")
    return chart
