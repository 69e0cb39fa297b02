"""The summary for other programs."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any

import msgspec

from vstreamqa.report.meta import TableMeta
from vstreamqa.schema import SummaryRow


def render_json(summary: Sequence[SummaryRow], meta: TableMeta) -> str:
    """Return `{"meta": ..., "summary": [...]}`; the lines are those of `summary.json`."""
    document = msgspec.json.encode({"meta": meta, "summary": list(summary)})
    return msgspec.json.format(document, indent=2).decode() + "\n"


def render_csv(summary: Sequence[SummaryRow], meta: TableMeta) -> str:
    """Return the summary with one column per field, the interval as two, and model and hashes in every line.

    A figure that does not exist is an empty cell.
    """
    rows = [_flat(row, meta) for row in summary]
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=_columns(), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def _columns() -> list[str]:
    fields = list(SummaryRow.__struct_fields__)
    place = fields.index("interval")
    fields[place : place + 1] = ["interval_low", "interval_high"]
    return ["model", *fields, "task_hash", "model_hash", "scoring_hash"]


def _flat(row: SummaryRow, meta: TableMeta) -> dict[str, Any]:
    fields = msgspec.structs.asdict(row)
    low, high = fields.pop("interval") or (None, None)
    hashes = {"task_hash": meta.task_hash, "model_hash": meta.model_hash, "scoring_hash": meta.scoring_hash}
    return {"model": meta.model, **fields, "interval_low": low, "interval_high": high, **hashes}
