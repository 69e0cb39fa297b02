"""Finished runs, their submissions, and leaderboard folders, in a few words and without a model."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import msgspec
from fakes import make_manifest
from scored import a_plan_row, a_question, a_stream_record, an_answer

from vstreamqa.hashing import spec_hash
from vstreamqa.leaderboard.building import leaderboard_folder
from vstreamqa.leaderboard.packing import Label, pack, write_submission
from vstreamqa.leaderboard.submission import digest
from vstreamqa.results import score_run_folder
from vstreamqa.runs.folder import RunFolder
from vstreamqa.schema import Manifest, MemoryPoint, PlanRow
from vstreamqa.scoring.spec import ScoringSpec

CONTROLS = (None, "constant", "blind")
CONFIG = "rvs-ego"


def a_manifest(
    questions: int,
    *,
    model: str = "watcher",
    command: str = "vstreamqa eval --model watcher",
    suite: str = "mini",
) -> Manifest:
    """A manifest whose hashes are those of its specs."""
    task = {
        "suites": [{"suite": suite, "config": CONFIG, "data": "d", "questions": questions, "questions_hash": "h"}],
        "context": "stream",
        "clock": "logical",
        "prompt": {"id": "own", "version": 1, "hash": "p"},
    }
    settings = {
        "model": model,
        "checkpoint": "none",
        "options": {"memory": 3},
        "fps": 1.0,
        "pixels": {"size": [8, 8]},
        "decoding": {"method": "greedy", "max_new_tokens": 8},
        "dtype": "float32",
        "seed": 0,
    }
    scoring = msgspec.to_builtins(ScoringSpec())
    return msgspec.structs.replace(
        make_manifest(),
        command=command,
        task=task,
        task_hash=spec_hash(task),
        model=settings,
        model_hash=spec_hash(settings),
        scoring=scoring,
        scoring_hash=spec_hash(scoring),
        hardware={"cpu": "a CPU", "cores": 2, "memory_bytes": 1 << 30, "gpus": [], "device": "cpu"},
    )


def a_plan(
    videos: int = 4, each: int = 5, controls: Sequence[str | None] = CONTROLS, suite: str = "mini"
) -> list[PlanRow]:
    """Yes/no questions about several videos, in two categories."""
    return [
        a_plan_row(
            a_question(
                f"q{video}-{number}",
                source_id=f"v{video}",
                stream_id=f"s{video}",
                format="yes_no",
                answer="Yes",
                time=number,
                category="odd" if number % 2 else "even",
            ),
            suite=suite,
            controls=controls,
        )
        for video in range(videos)
        for number in range(each)
    ]


def a_run(
    path: Path,
    *,
    wrong_every: int = 4,
    plan: Sequence[PlanRow] | None = None,
    leave_out: int = 0,
    manifest: Manifest | None = None,
) -> Path:
    """Write a scored run folder: every so manieth answer of the model is wrong, and all of the floors."""
    rows = a_plan() if plan is None else plan
    with RunFolder(path, manifest or a_manifest(len(rows)), rows) as folder:
        for place, row in enumerate(rows[leave_out:]):
            question = row.question
            for control in row.controls:
                right = control is None and place % wrong_every != 0
                folder.append(
                    an_answer(
                        "Yes" if right else "No",
                        question_id=question.question_id,
                        stream_id=question.stream_id,
                        source_id=question.source_id,
                        control=control,
                        suite=row.suite,
                        asked_at=question.time,
                        ttft_ns=1_000_000 * (place + 1),
                        answer_latency_ns=2_000_000 * (place + 1),
                    )
                )
        for stream in dict.fromkeys(row.question.stream_id for row in rows):
            points = tuple(MemoryPoint(frames=n, host_rss_bytes=1000 * n) for n in (1, 5, 10))
            folder.append(a_stream_record(stream, memory=points, suite=rows[0].suite))
    score_run_folder(path)
    return path


def a_submission(folder: Path, run: Path, name: str = "watcher", **label: str) -> Path:
    """Pack a run into a leaderboard folder."""
    path = folder / "submissions" / f"{name}.json"
    write_submission(path, pack(run, Label(name=name, **label)))
    return path


def tampered(path: Path, change: Callable[[dict[str, Any]], object], *, signed: bool = True) -> Path:
    """Change the content of a submission, with a digest that fits again unless told otherwise."""
    content = json.loads(path.read_text())
    change(content)
    if signed:
        content["digest"] = digest(content)
    path.write_text(json.dumps(content))
    return path


def a_board_folder(path: Path) -> Path:
    """Copy the project's leaderboard folder without its submissions and without what is generated."""
    given = leaderboard_folder()
    shutil.copytree(given / "published", path / "published")
    shutil.copytree(given / "site" / "vendor", path / "site" / "vendor")
    for file in given.glob("*.yaml"):
        shutil.copy(file, path / file.name)
    return path
