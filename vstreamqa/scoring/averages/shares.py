"""Shares of right answers, and means of such shares; none exists while a row it is made of is open."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from vstreamqa.schema import Average
from vstreamqa.scoring.averages.scored import Scored


def is_open(row: Scored) -> bool:
    """Say whether a row still waits for a verdict: nobody has decided it, or the judge failed on it."""
    return row.verdict is None or (row.verdict.correct is None and row.verdict.status != "unparsed")


def is_right(row: Scored) -> bool:
    """Say whether a row is judged right."""
    return row.verdict is not None and row.verdict.correct is True


def share(name: str, rows: Iterable[Scored], *, official: bool = False, note: str | None = None) -> Average:
    """Return right answers over the rows that the rule has not taken out of the denominator."""
    some = list(rows)
    counted = [row for row in some if row.verdict is not None and row.verdict.correct is not None]
    value = sum(map(is_right, counted)) / len(counted) if counted and not any(map(is_open, some)) else None
    return Average(name=name, value=value, n=len(counted), official=official, note=note)


def share_of_all(name: str, rows: Sequence[Scored], *, official: bool = False, note: str | None = None) -> Average:
    """Return right answers over all rows, whatever became of them."""
    value = sum(map(is_right, rows)) / len(rows) if rows and not any(map(is_open, rows)) else None
    return Average(name=name, value=value, n=len(rows), official=official, note=note)


def mean(name: str, parts: Sequence[Average], *, official: bool = False, note: str | None = None) -> Average:
    """Return the plain mean of several figures; there is none while one of them does not exist."""
    values = [part.value for part in parts if part.value is not None]
    value = sum(values) / len(values) if values and len(values) == len(parts) else None
    return Average(name=name, value=value, n=sum(part.n for part in parts), official=official, note=note)


def by_label(rows: Iterable[Scored], label: Callable[[str], str | None] = lambda name: name) -> dict[str, list[Scored]]:
    """Return the rows by category, names in order.

    Args:
        rows: any rows; those without a category are in no group.
        label: what of a category's name they are grouped by; None leaves a row out.
    """
    groups: dict[str, list[Scored]] = {}
    for row in rows:
        name = label(row.question.category) if row.question.category is not None else None
        if name is not None:
            groups.setdefault(name, []).append(row)
    return dict(sorted(groups.items()))


def by_each_label(rows: Iterable[Scored]) -> dict[str, list[Scored]]:
    """Return the rows by every name in their category, where it holds several joined by ", "; names in order.

    A row is in each of its groups, so that these add up to more than all rows.
    """
    groups: dict[str, list[Scored]] = {}
    for row in rows:
        for name in dict.fromkeys((row.question.category or "").split(", ")):
            if name:
                groups.setdefault(name, []).append(row)
    return dict(sorted(groups.items()))
