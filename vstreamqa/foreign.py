"""Predictions that another project has made, as a run: its plan and its answers, without what it was like to run it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from vstreamqa.atomic import write_atomically
from vstreamqa.errors import UserError
from vstreamqa.hashing import spec_hash
from vstreamqa.keys import prediction_key
from vstreamqa.replay.controls import constant_answer
from vstreamqa.results import RunData
from vstreamqa.runs.folder import MANIFEST, RunFolder, RunReader
from vstreamqa.runs.plan import questions_hash
from vstreamqa.runs.provenance import versions
from vstreamqa.schema import NOT_STATED, Git, Manifest, PlanRow, Prediction
from vstreamqa.scoring.foreign import Foreign, read_foreign
from vstreamqa.scoring.spec import ScoringSpec

FLOOR = "constant"
COLUMNS = "columns.jsonl"
_HEX_DIGITS = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignData(RunData):
    """Predictions read from a file.

    Attributes:
        kept: the columns that are not read, by question id.
    """

    kept: Mapping[str, Mapping[str, Any]]


def read_foreign_run(path: Path, *, layout: str | None = None, suite: str | None = None) -> ForeignData:
    """Read a file of predictions.

    Args:
        path: the file.
        layout: how it is laid out; recognised if None.
        suite: which suite it answers, for its rules and averages; what the layout says if None.

    Raises:
        UserError: it cannot be read, or not as that layout.
    """
    foreign = read_foreign(path, layout=layout, suite=suite)
    floored = [row for row in foreign.plan if _takes_floor(row)]
    plan = [
        msgspec.structs.replace(row, controls=(*row.controls, FLOOR)) if _takes_floor(row) else row
        for row in foreign.plan
    ]
    floor = [_constant(row) for row in floored]
    manifest = _manifest(path, foreign)
    predictions = [msgspec.structs.replace(row, run_id=manifest.run_id) for row in (*foreign.predictions, *floor)]
    return ForeignData(manifest=manifest, plan=plan, predictions=predictions, kept=foreign.kept)


def _takes_floor(row: PlanRow) -> bool:
    """Say whether a row has no such floor of its own; what is spoken unasked has policies in place of one."""
    return FLOOR not in row.controls and row.question.format != "proactive"


def _constant(row: PlanRow) -> Prediction:
    """Return the answer that takes no model: no figure stands without a floor, and this one costs nothing."""
    return Prediction(
        run_id=NOT_STATED,
        suite=row.suite,
        config=row.config,
        stream_id=row.stream.stream_id,
        source_id=row.stream.source_id,
        question_id=row.question.question_id,
        asked_at=row.question.time,
        prediction=constant_answer(row.question),
        status="answered",
        clock=NOT_STATED,
        control=FLOOR,
        started_at=NOT_STATED,
    )


def keep_as_run(data: ForeignData, folder: Path) -> None:
    """Write predictions read from a file into a run folder, so that they can be reported, compared and audited.

    Columns that are not read go to `columns.jsonl` there, a line a question.

    Raises:
        UserError: the folder holds something else.
    """
    if (folder / MANIFEST).is_file() and RunReader(folder).manifest().run_id != data.manifest.run_id:
        raise UserError(f"{folder}: holds another run; name another --out")
    with RunFolder(folder, data.manifest, data.plan) as run:
        for row in data.predictions:
            if prediction_key(row) not in run.answered:
                run.append(row)
    if data.kept:
        lines = [{"question_id": identity, "columns": columns} for identity, columns in data.kept.items()]
        write_atomically(folder / COLUMNS, b"".join(msgspec.json.encode(line) + b"\n" for line in lines))


def _manifest(path: Path, foreign: Foreign) -> Manifest:
    task = {
        "suites": [
            {
                "suite": foreign.suite,
                "config": foreign.config,
                "data": _data_hash(foreign.plan),
                "questions": len(foreign.plan),
                "questions_hash": questions_hash(foreign.plan),
            }
        ],
        "context": NOT_STATED,
        "clock": NOT_STATED,
        "prompt": {"policy": NOT_STATED},
        "layout": foreign.layout,
    }
    answers = hashlib.sha256(msgspec.json.encode(foreign.predictions)).hexdigest()
    return stated_manifest(path, task, answers=answers, notes=tuple(foreign.notes))


def _data_hash(rows: Sequence[PlanRow]) -> str:
    """Return the hash of the questions with their golds, which is all that a file has of its suite's data."""
    return spec_hash({"rows": [msgspec.to_builtins(row.question) for row in rows]})


def stated_manifest(path: Path, task: Mapping[str, Any], *, answers: str, notes: tuple[str, ...] = ()) -> Manifest:
    """Return the manifest of what a file holds, which says nothing of how it was made.

    Args:
        path: the file.
        task: what was asked, as far as the file says.
        answers: hash of what it holds.
        notes: what was found in it.
    """
    answers = answers[:_HEX_DIGITS]
    model: dict[str, Any] = {
        "model": path.name,
        "checkpoint": None,
        "weights": None,
        "options": {"answers": answers},
        "fps": None,
        "dtype": None,
        "decoding": {"max_new_tokens": None},
        "seed": None,
    }
    scoring = ScoringSpec()
    task_hash, model_hash = spec_hash(task), spec_hash(model)
    return Manifest(
        run_id=f"{task_hash[:8]}-{model_hash[:8]}",
        created_at=datetime.now(UTC).isoformat(timespec="seconds"),
        command=f"{NOT_STATED}; read from {path.name}",
        task=task,
        task_hash=task_hash,
        model=model,
        model_hash=model_hash,
        scoring=msgspec.to_builtins(scoring),
        scoring_hash=scoring.hash,
        seed=0,
        versions=versions(),
        git=Git(commit=None, dirty=None),
        checkpoint=None,
        hardware={"cpu": None, "cores": None, "memory_bytes": None, "device": None},
        clock=NOT_STATED,
        demo=False,
        notes=notes,
    )
