"""Run folders with verdicts of several judges, made by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec
from fakes import make_manifest
from scored import a_plan_row, a_question, an_answer

from vstreamqa.atomic import write_atomically
from vstreamqa.runs.folder import MANIFEST, PLAN, PREDICTIONS, spec_path, verdicts_path
from vstreamqa.runs.lines import rewrite_lines
from vstreamqa.schema import Verdict
from vstreamqa.scoring.spec import ScoringSpec

QUESTIONS = tuple(f"q{number}" for number in range(12))
"""Two to a video, of the categories `scene` and `action` in turn."""


def make_scored_run(
    folder: Path,
    judges: Mapping[str, Sequence[bool | None]],
    *,
    model: str = "m",
    said: str = "something",
    by_rule: Sequence[str] = (),
    specs: bool = True,
    questions: Sequence[str] = QUESTIONS,
    gold: str | None = "gold",
) -> Path:
    """Write a run with a file of verdicts for every judge.

    Args:
        folder: the run folder.
        judges: verdicts on the questions, in their order, by name of the judge.
        model: whose answers they are.
        said: the answer to every question.
        by_rule: questions that a rule decided for all.
        specs: write how the verdicts were made beside them.
        questions: what was planned.
        gold: of every question.
    """
    plan = [
        a_plan_row(
            a_question(name, source_id=f"v{place // 2}", category=("scene", "action")[place % 2], answer=gold),
            closed=False,
        )
        for place, name in enumerate(questions)
    ]
    rewrite_lines(folder / PLAN, plan)
    manifest = msgspec.structs.replace(make_manifest(), model={"model": model, "options": {}})
    write_atomically(folder / MANIFEST, msgspec.json.encode(manifest))
    rewrite_lines(folder / PREDICTIONS, [an_answer(said, question_id=name) for name in questions])
    for judge, verdicts in judges.items():
        spec = ScoringSpec(judge=judge)
        rows = [
            _verdict(name, said, "strict/polarity" if name in by_rule else judge)
            for name, said in zip(questions, verdicts, strict=True)
        ]
        rewrite_lines(verdicts_path(folder, spec.hash), rows)
        if specs:
            write_atomically(spec_path(folder, spec.hash), msgspec.json.encode(spec))
    return folder


def _verdict(question: str, correct: bool | None, by: str) -> Verdict:
    return Verdict(
        suite="mini",
        config="rvs-ego",
        question_id=question,
        control=None,
        correct=correct,
        score=None,
        status="judged" if correct is not None else "error",
        by=by,
    )
