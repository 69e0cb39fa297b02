"""Figures that others have published (`leaderboard/published/`): one file per source, every row as printed there."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from vstreamqa.errors import UserError
from vstreamqa.leaderboard.files import ordered, read_file

SourceKind = Literal[
    "paper or authors repository",
    "paper, row quoted from another paper",
    "secondary notes about the paper",
    "third-party repository, unpublished",
    "issue thread (user or author report, not a paper)",
]
SECONDARY: frozenset[str] = frozenset({"paper, row quoted from another paper", "secondary notes about the paper"})
"""Kinds of source that repeat what another source says."""

Text = Annotated[str, msgspec.Meta(min_length=1)]
_RANGES = {"%": 100.0, "0-5": 5.0, "0-1": 1.0}


class Source(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where the rows of a file stand."""

    title: Text
    arxiv_id: Annotated[str, msgspec.Meta(pattern=r"^\d{4}\.\d{4,5}$")] | None
    url: Annotated[str, msgspec.Meta(pattern=r"^https?://\S")] | None
    """As noted; None where no address is known, and the title stands for it."""

    @property
    def address(self) -> str | None:
        """Return the address alone: a note may follow it (`https://... (figs/table3.png)`)."""
        return None if self.url is None else self.url.split()[0]


class PublishedRow(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One figure as it is printed; None is what the source does not state."""

    model: Text
    suite: Text
    split: Text
    metric: Text
    value: int | float | Text
    """A number, or the text that is printed in its place ("10-15", "<1")."""
    unit: Text
    settings: Text | None
    judge: Text | None
    """Who judged, in the words of `settings`; None where they do not say."""
    hardware: Text | None
    table: Text
    verified: bool
    """Seen in the source itself."""
    source_kind: SourceKind


class PublishedFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One file of `leaderboard/published/`."""

    source: Source
    rows: Annotated[tuple[PublishedRow, ...], msgspec.Meta(min_length=1)]


class Claim(msgspec.Struct, frozen=True, kw_only=True):
    """A published row with its source.

    `key` names it for good: the file's stem and the number of its row there, from 1.
    """

    key: str
    origin: str
    """The file's stem."""
    row: PublishedRow
    source: Source


def read_published(folder: Path) -> list[Claim]:
    """Read all published rows, by file name and in each file's order.

    Args:
        folder: `leaderboard/published`.

    Raises:
        UserError: a file is no `PublishedFile`, or a figure is impossible in its unit.
    """
    claims: list[Claim] = []
    for path in ordered(folder):
        claims.extend(_claims(path))
    if not claims:
        raise UserError(f"{folder}: no published rows; name a leaderboard folder with --folder")
    return claims


def _claims(path: Path) -> Iterator[Claim]:
    file = read_file(path, PublishedFile)
    for number, row in enumerate(file.rows, start=1):
        if problem := _problem(row):
            raise UserError(f"{path}, row {number} ({row.model}): {problem}")
        yield Claim(key=f"{path.stem}-{number}", origin=path.stem, row=row, source=file.source)


def _problem(row: PublishedRow) -> str | None:
    if row.judge is not None and row.judge not in (row.settings or ""):
        return f"judge: {row.judge!r} is not in the words of settings; quote them, or write null"
    if isinstance(row.value, str):
        return None
    most = _RANGES.get(row.unit, math.inf)
    if not (math.isfinite(row.value) and 0 <= row.value <= most):
        return f"value: {row.value} is impossible in the unit {row.unit!r}"
    return None
