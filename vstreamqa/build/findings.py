"""What a build or a check has found: collected, shown at once, and kept in full beside the suite."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal

from vstreamqa.schema import Record

Kind = Literal[
    "missing", "extra", "count", "row", "window", "length", "media", "duplicate", "type", "unclear", "scope", "note"
]
"""What a finding is about, in the order in which kinds are shown."""

_ORDER: tuple[Kind, ...] = (
    "missing",
    "media",
    "length",
    "window",
    "row",
    "count",
    "type",
    "duplicate",
    "unclear",
    "scope",
    "extra",
    "note",
)
SHOWN = 5
"""How many findings of a kind are written out; all of them stand in the report's file."""


class Finding(Record, frozen=True, kw_only=True):
    """One thing that was found.

    Attributes:
        kind: what it is about.
        place: file and row, config, stream or question.
        text: field, value and remedy, in one line.
        incomplete: the suite lacks something because of it; only a partial set can be built.
    """

    kind: Kind
    place: str
    text: str
    incomplete: bool = False


@dataclass
class Findings:
    """Collects findings in the order in which they are made; safe to share between threads."""

    found: list[Finding] = field(default_factory=list)

    def note(self, kind: Kind, place: str, text: str) -> None:
        """Add something that should be known and takes nothing away."""
        self.found.append(Finding(kind=kind, place=place, text=text))

    def lack(self, kind: Kind, place: str, text: str) -> None:
        """Add something that leaves the suite incomplete."""
        self.found.append(Finding(kind=kind, place=place, text=text, incomplete=True))

    @property
    def lacks(self) -> list[Finding]:
        """The findings that leave the suite incomplete."""
        return [one for one in self.found if one.incomplete]


def in_order(found: Iterable[Finding]) -> list[Finding]:
    """Return findings by weight: those that leave the suite incomplete first, then kind by kind."""
    return sorted(found, key=lambda one: (not one.incomplete, _ORDER.index(one.kind)))


def finding_lines(found: Iterable[Finding], shown: int = SHOWN) -> Iterator[str]:
    """Yield findings as lines, kind by kind, those that leave the suite incomplete first.

    Of each kind no more than `shown` are written out, with the number of the others.
    """
    ordered = in_order(found)
    totals = Counter((one.kind, one.incomplete) for one in ordered)
    seen: Counter[tuple[Kind, bool]] = Counter()
    for one in ordered:
        group = one.kind, one.incomplete
        seen[group] += 1
        if seen[group] <= shown:
            yield f"{one.kind}: {one.place}: {one.text}"
        elif seen[group] == shown + 1:
            yield f"{one.kind}: ... and {totals[group] - shown} more"
