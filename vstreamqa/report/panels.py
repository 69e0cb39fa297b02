"""All drawings of a page; accuracy by category is drawn here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import altair as alt

from vstreamqa.report.arms import arm_label, is_floor
from vstreamqa.report.chart import draw, palette
from vstreamqa.report.coursepanels import latency_panel, memory_panel
from vstreamqa.report.groups import Group, groups
from vstreamqa.report.names import short_names, visible
from vstreamqa.report.panel import Panel
from vstreamqa.report.reported import Reported
from vstreamqa.schema import SummaryRow

_WIDTH = 300
_CATEGORY_STEP = 30
_ALL = "all"
_PADDING = 40
"""Pixels, since a browser's letters may be wider than those that the drawing was laid out with."""


def panels(runs: Sequence[Reported], *, mixed: bool = False) -> list[Panel]:
    """Return the drawings for which there are figures; runs that share no table share no panel."""
    return [*_by_category(runs, mixed), *latency_panel(runs), *memory_panel(runs), *_by_age(runs, mixed)]


def _by_age(runs: Sequence[Reported], mixed: bool) -> Iterator[Panel]:
    if any(run.ages for run in runs):
        told = "Accuracy against the age of the evidence; the figures stand in the tables above."
        yield Panel("Accuracy by age of the evidence", told, draw(runs, mixed=mixed))


def _by_category(runs: Sequence[Reported], mixed: bool) -> Iterator[Panel]:
    configs = [
        chart
        for group in groups(runs, mixed=mixed)
        for config in dict.fromkeys((row.suite, row.config) for run in group.runs for row in run.summary)
        if (chart := _categories(group, config)) is not None
    ]
    if configs:
        told = (
            "Accuracy of every category with 95 % intervals, floors beside it; the figures stand in the tables above."
        )
        chart = alt.concat(*configs, columns=2, padding=_PADDING).resolve_scale(color="independent")
        yield Panel("Accuracy by category", told, chart)


def _categories(group: Group, config: tuple[str, str]) -> alt.LayerChart | None:
    arms = [
        (_called(run, control, several=len(group.runs) > 1), control, rows)
        for run in group.runs
        for control, rows in _arms(run.summary, config)
        if control is None or is_floor(control)
    ]
    called = short_names(dict.fromkeys(visible(label) for label, _, _ in arms))
    points = [
        {"arm": called[visible(label)], "floor": control is not None, **_point(row)}
        for label, control, rows in arms
        for row in rows
        if row.accuracy is not None
    ]
    names = dict.fromkeys(str(point["category"]) for point in points)
    if len(names) <= 1:
        return None
    shown = short_names(names)
    points = [{**point, "category": shown[str(point["category"])]} for point in points]
    order = [_ALL, *sorted(name for name in shown.values() if name != _ALL)]
    labels = list(dict.fromkeys(str(point["arm"]) for point in points))
    base = alt.Chart(alt.InlineData(values=points)).encode(
        y=alt.Y("category:N", title=None, sort=order, axis=alt.Axis(labelLimit=240)),
        yOffset=alt.YOffset("arm:N", sort=labels),
        color=alt.Color(
            "arm:N",
            title=None,
            scale=alt.Scale(domain=labels, range=palette(len(labels))),
            legend=alt.Legend(orient="bottom", columns=2, labelLimit=0, columnPadding=_PADDING),
        ),
    )
    accuracy = alt.X("accuracy:Q", title="accuracy (%)", scale=alt.Scale(domain=[0, 100]))
    where = f"{group.name}, " if group.name else ""
    (title,) = short_names([visible("/".join(config))]).values()
    layers = alt.layer(
        base.mark_rule(strokeWidth=1.5, opacity=0.7).encode(x=alt.X("low:Q"), x2=alt.X2("high:Q")),
        base.mark_point(size=34, filled=True, opacity=1).encode(
            x=accuracy, shape=alt.Shape("floor:N", legend=None, scale=alt.Scale(range=["circle", "diamond"]))
        ),
    ).properties(width=_WIDTH, height=alt.Step(_CATEGORY_STEP, **{"for": "position"}), title=f"{where}{title}")
    assert isinstance(layers, alt.LayerChart)  # it would be another only if a layer were faceted
    return layers


def _called(run: Reported, control: str | None, *, several: bool) -> str:
    if control is None:
        return run.label
    return f"{run.label}: {arm_label(control)}" if several else arm_label(control)


def _arms(summary: Iterable[SummaryRow], config: tuple[str, str]) -> Iterator[tuple[str | None, list[SummaryRow]]]:
    by_arm: dict[str | None, list[SummaryRow]] = {}
    for row in summary:
        if (row.suite, row.config) == config:
            by_arm.setdefault(row.control, []).append(row)
    yield from ((control, rows) for control, rows in by_arm.items() if control is None)
    yield from ((control, rows) for control, rows in by_arm.items() if control is not None)


def _point(row: SummaryRow) -> dict[str, Any]:
    low, high = row.interval if row.interval is not None and row.control is None else (None, None)
    assert row.accuracy is not None
    return {
        "category": _ALL if row.category is None else visible(row.category),
        "accuracy": 100 * row.accuracy,
        "low": None if low is None else 100 * low,
        "high": None if high is None else 100 * high,
    }
