"""A comparison for other programs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from vstreamqa.report.compared import ChangedAnswer, ComparedRow
from vstreamqa.report.comparedpage import Comparison, Side
from vstreamqa.report.csvtext import csv_text

_HASHES = ("task_hash", "model_hash", "scoring_hash")
_BOUNDS = ("interval_low", "interval_high")


def render_compared_json(comparison: Comparison) -> str:
    """Return `{"a": ..., "b": ..., "differing": [...], "apart": [...], "rows": [...], "changed": [...]}`."""
    document = {
        "a": comparison.first,
        "b": comparison.second,
        "differing": comparison.differing,
        "apart": comparison.apart,
        "rows": comparison.rows,
        "changed": comparison.changed,
    }
    return msgspec.json.format(msgspec.json.encode(document), indent=2).decode() + "\n"


def render_compared_csv(comparison: Comparison) -> str:
    """Return one line for every config and category; the interval is two columns, and each line has all hashes."""
    names = ComparedRow.__struct_fields__
    fields = [column for name in names for column in (_BOUNDS if name == "interval" else (name,))]
    both = _both(comparison)
    return csv_text([*both, *fields], [{**both, **_flat(row)} for row in comparison.rows])


def render_changed_csv(comparison: Comparison) -> str:
    """Return one line for every question that changed sides; several golds or options stand one below the other."""
    both = _both(comparison)
    rows = [{**both, **_flat(row)} for row in comparison.changed]
    return csv_text([*both, *ChangedAnswer.__struct_fields__], rows)


def _flat(row: ComparedRow | ChangedAnswer) -> dict[str, Any]:
    fields = msgspec.structs.asdict(row)
    if "interval" in fields:
        fields |= dict(zip(_BOUNDS, fields.pop("interval") or (None, None), strict=True))
    return {name: "\n".join(value) if isinstance(value, tuple) else value for name, value in fields.items()}


def _both(comparison: Comparison) -> Mapping[str, str | None]:
    return {**_side("a", comparison.first), **_side("b", comparison.second)}


def _side(name: str, side: Side) -> dict[str, str | None]:
    hashes = {f"{name}_{which}": getattr(side.meta, which) for which in _HASHES}
    return {name: side.label, f"{name}_control": side.control, **hashes}
