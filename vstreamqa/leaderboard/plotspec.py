"""What the plots share: Vega-Lite specifications in the words of a leaderboard."""

from __future__ import annotations

from typing import Any

import msgspec

Spec = dict[str, Any]
FEWEST = 2
"""Points of which a drawing says more than the table."""
_SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"


class Plot(msgspec.Struct, frozen=True, kw_only=True):
    """A drawing with what must be said of it."""

    title: str
    note: str
    spec: Spec


def spec_of(data: list[dict[str, Any]], description: str, **rest: Any) -> Spec:
    """Return a specification as wide as its place on the page, with its data in it."""
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


def percent(field: str, title: str) -> Spec:
    """Return a channel of percentages, which need not begin at 0."""
    return {"field": field, "type": "quantitative", "title": title, "scale": {"zero": False, "nice": True}}


def colour(field: str) -> Spec:
    """Return a channel of names, with a legend below that a phone has room for."""
    legend = {"orient": "bottom", "columns": 1, "labelLimit": 300}
    return {"field": field, "type": "nominal", "title": None, "legend": legend}


def tooltip(*fields: str) -> list[Spec]:
    """Return what is said of the point under the cursor."""
    return [{"field": field, "title": field} for field in fields]
