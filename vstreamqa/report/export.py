"""The summary for other programs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from vstreamqa.report.ages import AgeRow
from vstreamqa.report.armrows import ArmRow, arm_rows
from vstreamqa.report.averages import AverageRow, average_rows
from vstreamqa.report.csvtext import csv_text
from vstreamqa.report.kinds import KindRow
from vstreamqa.report.meta import TableMeta
from vstreamqa.report.reported import Reported
from vstreamqa.report.rvs import RvsArms
from vstreamqa.schema import Speaking, SummaryRow

_INTERVALS = {"interval", "corrected_interval", "speaking_f1_interval", "speaking_joint_f1_interval"}
_Row = SummaryRow | AgeRow | AverageRow | ArmRow
_NOT_FLAT = {"speaking", "averages"}
"""Fields that are more than one figure."""


def render_json(
    summary: Sequence[SummaryRow], meta: TableMeta, *, rvs: Sequence[RvsArms] = (), kinds: Sequence[KindRow] = ()
) -> str:
    """Return `{"meta": ..., "summary": [...], "rvs_arms": [...], "answer_kinds": [...]}`.

    The lines of the summary are those of `summary.json`.
    """
    document = {"meta": meta, "summary": list(summary), "rvs_arms": list(rvs), "answer_kinds": list(kinds)}
    return msgspec.json.format(msgspec.json.encode(document), indent=2).decode() + "\n"


def render_report_json(runs: Sequence[Reported]) -> str:
    """Return the document of a run, with accuracy by age and memory demand; of several, `{"runs": [...]}`.

    Each has the specs of task and scoring whole, and a run among several its label.
    """
    documents = [_document(run) for run in runs]
    whole = (
        documents[0]
        if len(runs) == 1
        else {"runs": [{"label": run.label, **one} for run, one in zip(runs, documents, strict=True)]}
    )
    return msgspec.json.format(msgspec.json.encode(whole), indent=2).decode() + "\n"


def render_report_csv(runs: Sequence[Reported]) -> str:
    """Return the summaries of runs, one after the other under one header; of several, `run` holds their labels."""
    return _csv(SummaryRow, [(row, run.meta, _called(run, runs)) for run in runs for row in run.summary])


def render_ages_csv(runs: Sequence[Reported]) -> str:
    """Return accuracy by age, one line for every run, config, category, arm and age, with `run` as above."""
    return _csv(AgeRow, [(row, run.meta, _called(run, runs)) for run in runs for row in run.ages])


def render_averages_csv(runs: Sequence[Reported]) -> str:
    """Return the suites' own figures, one line for every run, config, arm and figure, with `run` as above."""
    return _csv(AverageRow, [(row, run.meta, _called(run, runs)) for run in runs for row in average_rows(run.summary)])


def render_arms_csv(runs: Sequence[Reported]) -> str:
    """Return the arms of RVS, one line for every run, config, arm or difference, and set of questions.

    `figure` is `accuracy`, or `difference` where `control` is subtracted from the model.
    """
    return _csv(ArmRow, [(row, run.meta, _called(run, runs)) for run in runs for row in arm_rows(run.rvs)])


def _called(run: Reported, runs: Sequence[Reported]) -> str | None:
    return run.label if len(runs) > 1 else None


def _document(run: Reported) -> dict[str, Any]:
    return {
        "meta": run.meta,
        "task": run.task,
        "scoring": run.scoring,
        "summary": run.summary,
        "rvs_arms": run.rvs,
        "answer_kinds": run.kinds,
        "ages": run.ages,
        "memory_demand": run.demand,
    }


def render_csv(summary: Sequence[SummaryRow], meta: TableMeta) -> str:
    """Return the summary with one column per field, an interval as two, and model and hashes in every line.

    The fields of `speaking` have columns of their own, `speaking_f1` and so on.

    A figure that does not exist is an empty cell. A text that a spreadsheet would take for a formula stands behind an
    apostrophe.
    """
    return _csv(SummaryRow, [(row, meta, None) for row in summary])


def _csv(record: type[_Row], rows: Sequence[tuple[_Row, TableMeta, str | None]]) -> str:
    labels = [{} if label is None else {"run": label} for _, _, label in rows]
    fields = [*dict.fromkeys(name for one in labels for name in one), *_columns(record)]
    return csv_text(fields, [{**label, **_flat(row, meta)} for (row, meta, _), label in zip(rows, labels, strict=True)])


def _columns(record: type[_Row]) -> list[str]:
    own = [name for name in record.__struct_fields__ if name not in _NOT_FLAT]
    speaking = [f"speaking_{name}" for name in Speaking.__struct_fields__] if record is SummaryRow else []
    fields = [column for name in (*own, *speaking) for column in _bounds(name)]
    return ["model", *fields, "task_hash", "model_hash", "scoring_hash"]


def _bounds(name: str) -> list[str]:
    return [f"{name}_low", f"{name}_high"] if name in _INTERVALS else [name]


def _flat(row: _Row, meta: TableMeta) -> dict[str, Any]:
    fields = msgspec.structs.asdict(row)
    speaking = fields.pop("speaking", None)
    fields.pop("averages", None)
    if speaking is not None:
        fields |= {f"speaking_{name}": value for name, value in msgspec.structs.asdict(speaking).items()}
    for name in _INTERVALS & fields.keys():
        fields |= dict(zip(_bounds(name), fields.pop(name) or (None, None), strict=True))
    hashes = {"task_hash": meta.task_hash, "model_hash": meta.model_hash, "scoring_hash": meta.scoring_hash}
    return {"model": meta.model, **fields, **hashes}
