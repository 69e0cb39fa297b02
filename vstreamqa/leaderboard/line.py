"""One line of a leaderboard's table, published or submitted, as the page shows it."""

from __future__ import annotations

from typing import Literal

import msgspec

from vstreamqa.leaderboard.remarks import Asked

Origin = Literal["published", "submitted"]
Fact = tuple[str, str]
"""A name and what it comes to, both as text."""


class Beside(msgspec.Struct, frozen=True, kw_only=True):
    """A figure of another line that belongs beside this one: a re-run of a claim, or the claim of a re-run."""

    line: str
    """Its id."""
    figure: str
    what: str
    note: str


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """A warning, with what speaks for it."""

    title: str
    evidence: tuple[str, ...]


class Line(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One model under one metric in one table. What nobody states is None."""

    id: str
    suite: str
    config: str
    group: str
    """Title of the table it belongs to: lines of two tables are never ranked together."""
    model: str
    origin: Origin
    metric: str
    unit: str
    shown: str
    """The figure as printed."""
    value: float | None = None
    """The figure as a number, to sort and to draw; None where text is printed in its place."""
    low: float | None = None
    high: float | None = None
    method: str | None = None
    rank: int | None = None
    """1 + the number of lines of its table whose interval lies wholly on the better side."""
    tied: bool = False
    """The interval overlaps that of another line of the table."""
    score: str | None = None
    """The judge's mean score, 0 to 5, as printed."""
    judge: str | None = None
    asked: Asked | None = None
    asked_why: str | None = None
    """Why we say so: `splits.yaml` does, and not the source."""
    kind: str
    """What kind of source it is."""
    verified: bool = False
    """Published: seen in the source itself. Submitted: `leaderboard check` passed."""
    demo: bool = False
    marks: tuple[str, ...] = ()
    floors: tuple[Fact, ...] = ()
    facts: tuple[Fact, ...] = ()
    """Settings and counts, for the opened row."""
    settings: str | None = None
    hardware: str | None = None
    source: str
    table: str | None = None
    url: str | None = None
    command: str | None = None
    submission: str | None = None
    """Name of the submitted file."""
    warnings: tuple[Notice, ...] = ()
    again: tuple[Beside, ...] = ()
    claims: tuple[Beside, ...] = ()
    ttft: float | None = None
    """Seconds to the first token (median of a submitted run)."""
    memory: float | None = None
    """Peak memory of the accelerator, GB (10^9 bytes)."""
    ttft_of: str | None = None
    """What a published `ttft` was measured on: of the same source and model, but not of this line's questions."""
    memory_of: str | None = None
    parts: tuple[tuple[str, float, float | None, float | None], ...] = ()
    """Of a submitted run: category, figure, low, high."""
