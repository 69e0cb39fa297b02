"""RIVER: by type of question, and by how old the evidence is ("Retro-Memory@medium")."""

from __future__ import annotations

from collections.abc import Sequence

from vstreamqa.schema import Average
from vstreamqa.scoring.averages.scored import Scored
from vstreamqa.scoring.averages.shares import by_label, share

AGES = ("short", "medium", "long", "very_long")


def river(suite: str, config: str, rows: Sequence[Scored]) -> tuple[Average, ...]:
    """Return the share of right answers by type and by age; how its authors average them is not published."""
    types = by_label(rows, lambda name: name.partition("@")[0])
    ages = by_label(rows, lambda name: name.partition("@")[2] or None)
    known = [age for age in AGES if age in ages] + [age for age in ages if age not in AGES]
    return (
        *(share(f"type {name}", some) for name, some in types.items()),
        *(share(f"age {name}", ages[name]) for name in known),
    )
