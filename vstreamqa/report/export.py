"""The summary for other programs."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any

import msgspec

from vstreamqa.report.meta import TableMeta
from vstreamqa.schema import Speaking, SummaryRow

_INTERVALS = {"interval", "speaking_f1_interval", "speaking_joint_f1_interval"}


def render_json(summary: Sequence[SummaryRow], meta: TableMeta) -> str:
    """Return `{"meta": ..., "summary": [...]}`; the lines are those of `summary.json`."""
    document = msgspec.json.encode({"meta": meta, "summary": list(summary)})
    return msgspec.json.format(document, indent=2).decode() + "\n"


def render_csv(summary: Sequence[SummaryRow], meta: TableMeta) -> str:
    """Return the summary with one column per field, an interval as two, and model and hashes in every line.

    The fields of `speaking` have columns of their own, `speaking_f1` and so on.

    A figure that does not exist is an empty cell.
    """
    rows = [_flat(row, meta) for row in summary]
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=_columns(), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def _columns() -> list[str]:
    own = [name for name in SummaryRow.__struct_fields__ if name != "speaking"]
    speaking = [f"speaking_{name}" for name in Speaking.__struct_fields__]
    fields = [column for name in (*own, *speaking) for column in _bounds(name)]
    return ["model", *fields, "task_hash", "model_hash", "scoring_hash"]


def _bounds(name: str) -> list[str]:
    return [f"{name}_low", f"{name}_high"] if name in _INTERVALS else [name]


def _flat(row: SummaryRow, meta: TableMeta) -> dict[str, Any]:
    fields = msgspec.structs.asdict(row)
    speaking = fields.pop("speaking")
    if speaking is not None:
        fields |= {f"speaking_{name}": value for name, value in msgspec.structs.asdict(speaking).items()}
    for name in _INTERVALS & fields.keys():
        fields |= dict(zip(_bounds(name), fields.pop(name) or (None, None), strict=True))
    hashes = {"task_hash": meta.task_hash, "model_hash": meta.model_hash, "scoring_hash": meta.scoring_hash}
    return {"model": meta.model, **fields, **hashes}
