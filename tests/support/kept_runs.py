"""Run folders written from a plan and its answers, without a model."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from vstreamqa.hashing import spec_hash
from vstreamqa.runs.folder import RunFolder
from vstreamqa.schema import Git, Manifest, PlanRow, Prediction
from vstreamqa.scoring.spec import ScoringSpec


def keep_run(
    path: Path,
    plan: Sequence[PlanRow],
    answers: Sequence[Prediction],
    *,
    model: str = "fake",
    clock: str = "logical",
    command: str = "vstreamqa eval --model fake",
) -> Path:
    """Write a run of a made-up model."""
    questions = {f"{row.suite}/{row.config}" for row in plan}
    task: dict[str, Any] = {"suites": sorted(questions), "questions": len(plan), "clock": clock}
    settings: dict[str, Any] = {
        "model": model,
        "checkpoint": None,
        "weights": None,
        "options": {},
        "fps": 1.0,
        "dtype": "float32",
        "decoding": {"max_new_tokens": 8},
    }
    manifest = Manifest(
        run_id=path.name,
        created_at="2025-01-01T00:00:00+00:00",
        command=command,
        task=task,
        task_hash=spec_hash(task),
        model=settings,
        model_hash=spec_hash(settings),
        scoring=msgspec.to_builtins(ScoringSpec()),
        scoring_hash=ScoringSpec().hash,
        seed=0,
        versions={},
        git=Git(commit=None, dirty=None),
        checkpoint=None,
        hardware={"cpu": "x", "cores": 2, "memory_bytes": 1 << 30, "device": "cpu"},
        clock=clock,
        demo=False,
    )
    with RunFolder(path, manifest, plan) as folder:
        for answer in answers:
            folder.append(answer)
    return path
