"""The summary for other programs."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any

import msgspec

from vstreamqa.report.ages import AgeRow
from vstreamqa.report.meta import TableMeta
from vstreamqa.report.reported import Reported
from vstreamqa.schema import SummaryRow


def render_json(summary: Sequence[SummaryRow], meta: TableMeta) -> str:
    """Return `{"meta": ..., "summary": [...]}`; the lines are those of `summary.json`."""
    document = msgspec.json.encode({"meta": meta, "summary": list(summary)})
    return msgspec.json.format(document, indent=2).decode() + "\n"


def render_report_json(runs: Sequence[Reported]) -> str:
    """Return the document of a run, with accuracy by age and memory demand; of several, `{"runs": [...]}`.

    A run among several also has its label.
    """
    documents = [_document(run) for run in runs]
    whole = (
        documents[0]
        if len(runs) == 1
        else {"runs": [{"label": run.label, **one} for run, one in zip(runs, documents, strict=True)]}
    )
    return msgspec.json.format(msgspec.json.encode(whole), indent=2).decode() + "\n"


def render_report_csv(runs: Sequence[Reported]) -> str:
    """Return the summaries of runs, one after the other under one header."""
    return _csv(SummaryRow, [(row, run.meta) for run in runs for row in run.summary])


def render_ages_csv(runs: Sequence[Reported]) -> str:
    """Return accuracy by age, one line for every run, config, category, arm and age."""
    return _csv(AgeRow, [(row, run.meta) for run in runs for row in run.ages])


def _document(run: Reported) -> dict[str, Any]:
    return {"meta": run.meta, "summary": run.summary, "ages": run.ages, "memory_demand": run.demand}


def render_csv(summary: Sequence[SummaryRow], meta: TableMeta) -> str:
    """Return the summary with one column per field, the interval as two, and model and hashes in every line.

    A figure that does not exist is an empty cell.
    """
    return _csv(SummaryRow, [(row, meta) for row in summary])


def _csv(record: type[SummaryRow] | type[AgeRow], rows: Sequence[tuple[SummaryRow | AgeRow, TableMeta]]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=_columns(record), lineterminator="\n")
    writer.writeheader()
    writer.writerows(_flat(row, meta) for row, meta in rows)
    return text.getvalue()


def _columns(record: type[SummaryRow] | type[AgeRow]) -> list[str]:
    fields = list(record.__struct_fields__)
    place = fields.index("interval")
    fields[place : place + 1] = ["interval_low", "interval_high"]
    return ["model", *fields, "task_hash", "model_hash", "scoring_hash"]


def _flat(row: SummaryRow | AgeRow, meta: TableMeta) -> dict[str, Any]:
    fields = msgspec.structs.asdict(row)
    low, high = fields.pop("interval") or (None, None)
    hashes = {"task_hash": meta.task_hash, "model_hash": meta.model_hash, "scoring_hash": meta.scoring_hash}
    return {"model": meta.model, **fields, "interval_low": low, "interval_high": high, **hashes}
