"""Predictions of our own: `predictions.jsonl` beside the `plan.jsonl` they were made from."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

import msgspec

from vstreamqa.errors import UserError
from vstreamqa.schema import PlanRow, Prediction
from vstreamqa.scoring.foreign.items import Foreign
from vstreamqa.scoring.foreign.lines import Line, json_lines, read_text

T = TypeVar("T", PlanRow, Prediction)

PLAN = "plan.jsonl"
PREDICTIONS = "predictions.jsonl"
WANTED = ("question_id", "suite", "config", "prediction", "status")


def read(path: Path) -> Foreign:
    """Read a file of predictions with the plan beside it, or a folder that holds both.

    Raises:
        UserError: one of them is missing or damaged, or they hold several configs.
    """
    file = path / PREDICTIONS if path.is_dir() else path
    beside = file.parent / PLAN
    if not beside.is_file():
        raise UserError(f"{file}: predictions are read with the plan they were made from; put {beside} beside them")
    plan = [_record(line, PlanRow) for line in json_lines(beside, read_text(beside))]
    predictions = [_record(line, Prediction) for line in json_lines(file, read_text(file))]
    configs = sorted({(row.suite, row.config) for row in plan})
    return Foreign(
        layout="vstreamqa",
        suite=", ".join(dict.fromkeys(suite for suite, _ in configs)),
        config=", ".join(config for _, config in configs),
        plan=plan,
        predictions=predictions,
        notes=[],
    )


def _record(line: Line, kind: type[T]) -> T:
    try:
        return msgspec.convert(line.values, kind)
    except msgspec.ValidationError as error:
        raise UserError(f"{line.place}: not a {kind.__name__} row: {error}; mend the row") from error
