"""What a drawing of a page is, before it is an image."""

from __future__ import annotations

from dataclasses import dataclass

import altair as alt


@dataclass(frozen=True, slots=True)
class Panel:
    """A drawing, what it is called, and how it is told to who cannot see it."""

    title: str
    told: str
    chart: alt.TopLevelMixin
