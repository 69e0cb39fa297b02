"""Whether a stated figure is the one computed again, and how the two are said where they differ."""

from __future__ import annotations

import math
from typing import Any

import msgspec

from vstreamqa.schema import Average, SummaryRow

_TOLERANCE = 1e-9
Key = tuple[str, str, str | None, str | None]
"""(suite, config, category, control): identifies a line of the summary."""


def same(one: Any, other: Any) -> bool:
    """Say whether a stated figure is the one that was computed again, rounding apart."""
    if isinstance(one, tuple) and isinstance(other, tuple):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, Average) and isinstance(other, Average):
        return same(msgspec.structs.astuple(one), msgspec.structs.astuple(other))
    if isinstance(one, float) and isinstance(other, float | int):
        return math.isclose(one, other, rel_tol=0, abs_tol=_TOLERANCE)
    return bool(one == other)


def plain(value: Any) -> str:
    """Return a figure as a message says it."""
    if isinstance(value, Average):
        return f"{value.name} {plain(value.value)}"
    if isinstance(value, tuple):
        return f"[{', '.join(map(plain, value))}]"
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def key_of(row: SummaryRow) -> Key:
    """Return the key of a line."""
    return row.suite, row.config, row.category, row.control


def place_of(key: Key) -> str:
    """Return where a line stands, as a message says it."""
    suite, config, category, control = key
    return f"summary, {suite}/{config}{'' if category is None else f', {category}'}, {control or 'model'}"
