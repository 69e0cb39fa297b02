"""Draw accuracy against the age of the evidence, with intervals; what draws is imported with this module."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import altair as alt
import vl_convert

from vstreamqa.report.ageblocks import Arm, age_arms, aged_configs
from vstreamqa.report.ages import AgeRow
from vstreamqa.report.groups import Group, groups
from vstreamqa.report.names import short_names, visible
from vstreamqa.report.reported import Reported

_PALETTE = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000", "#999999")
"""Told apart with any colour vision: Okabe and Ito, Color Universal Design (2008); grey in place of their yellow."""
_ALL = "all kinds"
_DASHED, _WHOLE = [5, 4], [1, 0]
_WIDTH, _HEIGHT, _COLUMNS = 300, 200, 3
_PIXELS_PER_POINT = 2.0


def draw(runs: Sequence[Reported], *, mixed: bool = False) -> alt.VConcatChart:
    """Draw a row of panels for every config of which any age is known: all kinds together, then each.

    Runs that share no table share no panel, unless they are to mix. The ages are ranks on the axis, for they grow by
    more than tenfold twice. Arms that are no model are dashed.
    """
    tables = groups(runs, mixed=mixed)
    chart: alt.VConcatChart = alt.vconcat(
        *(_config(table, config) for table in tables for config in aged_configs(table.runs))
    )
    independent: alt.VConcatChart = chart.resolve_scale(color="independent", strokeDash="independent", x="independent")
    return independent


def palette(colours: int) -> list[str]:
    """Return so many colours; beyond eight they come again."""
    return [_PALETTE[at % len(_PALETTE)] for at in range(colours)]


def svg(chart: alt.TopLevelMixin) -> str:
    """Return a drawing as SVG."""
    return vl_convert.vegalite_to_svg(chart.to_dict())


def png(chart: alt.VConcatChart) -> bytes:
    """Return a drawing as PNG."""
    return vl_convert.vegalite_to_png(chart.to_dict(), scale=_PIXELS_PER_POINT)


def _config(group: Group, config: tuple[str, str]) -> alt.FacetChart:
    arms = age_arms(group.runs, config)
    called = short_names(visible(label) for label, _ in arms)
    arms = [(called[visible(label)], rows) for label, rows in arms]
    points = [point for label, rows in arms for row in rows for point in _points(label, row)]
    shown = short_names(dict.fromkeys(str(point["kind"]) for point in points))
    points = [{**point, "kind": shown[point["kind"]]} for point in points]
    panel = _panel(arms).properties(data=alt.InlineData(values=points), width=_WIDTH, height=_HEIGHT)
    where = f"{group.name}, " if group.name else ""
    (name,) = short_names([visible("/".join(config))]).values()
    return panel.facet(
        facet=alt.Facet("kind:N", title=None, sort=list(shown.values())),
        columns=_COLUMNS,
        title=f"{where}{name}: accuracy by age of the evidence, 95 % intervals over source videos",
    )


def _panel(arms: Sequence[Arm]) -> alt.LayerChart:
    labels = [label for label, _ in arms]
    dashes = [_WHOLE if rows[0].control is None else _DASHED for _, rows in arms]
    legend = alt.Legend(orient="bottom", columns=2, labelLimit=0, symbolType="stroke", symbolStrokeWidth=2)
    colours = alt.Scale(domain=labels, range=palette(len(labels)))
    accuracy = alt.Y("accuracy:Q", title="accuracy (%)", scale=alt.Scale(domain=[0, 100]))
    base = alt.Chart().encode(
        x=alt.X("age:O", title=f"age of the evidence ({arms[0][1][0].unit}s)", axis=alt.Axis(labelAngle=0)),
        # Side by side within an age, so that no interval hides another.
        xOffset=alt.XOffset("arm:N", sort=labels),
        color=alt.Color("arm:N", title=None, scale=colours, legend=legend),
    )
    dash = alt.StrokeDash("arm:N", title=None, scale=alt.Scale(domain=labels, range=dashes), legend=legend)
    panel = alt.layer(
        base.mark_line(strokeWidth=1.5).encode(y=accuracy, strokeDash=dash),
        base.mark_rule(strokeWidth=1, opacity=0.6).encode(y=alt.Y("low:Q"), y2=alt.Y2("high:Q")),
        base.mark_point(size=22, filled=True, opacity=1).encode(y=accuracy),
    )
    assert isinstance(panel, alt.LayerChart)  # it would be another only if a layer were faceted
    return panel


def _points(label: str, row: AgeRow) -> Iterator[dict[str, Any]]:
    if row.accuracy is not None:
        low, high = row.interval or (None, None)
        yield {
            "arm": label,
            "kind": _ALL if row.category is None else visible(row.category),
            "age": row.age,
            "accuracy": 100 * row.accuracy,
            "low": None if low is None else 100 * low,
            "high": None if high is None else 100 * high,
        }
