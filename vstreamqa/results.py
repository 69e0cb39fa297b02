"""From a run folder to figures: verdicts, summary, and what stands under the table. Needs no model and no video."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vstreamqa.errors import UserError
from vstreamqa.keys import prediction_key
from vstreamqa.report.summary import summarise
from vstreamqa.report.table import TableMeta
from vstreamqa.runs.folder import UTTERANCES, RunReader, write_results
from vstreamqa.runs.plan import planned_keys
from vstreamqa.runs.said import check_utterances
from vstreamqa.schema import Manifest, PlanRow, Prediction, SummaryRow, Verdict
from vstreamqa.scoring.polarity import PolarityFigures, polarity_figures
from vstreamqa.scoring.score import score_run
from vstreamqa.scoring.spec import ScoringSpec

_MODEL_KEYS = ("model", "checkpoint", "options", "fps", "dtype", "decoding")
_HARDWARE_KEYS = ("cpu", "cores", "memory_bytes", "device")


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """What a run came to.

    Attributes:
        path: the run folder.
        manifest: how it was made.
        plan: what was to be asked.
        summary: the lines of the table.
        verdicts: one per planned question and control.
        errors: predictions that hold an error in place of an answer.
        missing: planned questions (counted per control) without any row.
        meta: what stands under the table.
    """

    path: Path
    manifest: Manifest
    plan: Sequence[PlanRow]
    summary: Sequence[SummaryRow]
    verdicts: Sequence[Verdict]
    errors: Sequence[Prediction]
    missing: int
    meta: TableMeta

    @property
    def exit_code(self) -> int:
        """0 if every planned question has a row without an error, 1 otherwise."""
        return 1 if self.errors or self.missing else 0


def score_run_folder(path: Path) -> Results:
    """Score a run folder by rules, write verdicts and summary into it, and return them."""
    results = read_results(path)
    write_results(path, results.meta.scoring_hash, results.verdicts, results.summary)
    return results


def read_results(path: Path) -> Results:
    """Score a run folder by rules and return what that gives; nothing is written."""
    run = RunReader(path)
    manifest, plan, predictions = run.manifest(), run.plan(), run.predictions()
    _refuse_other_version(path, manifest)
    utterances = run.utterances()
    check_utterances(path / UTTERANCES, plan, predictions, utterances)
    scoring = ScoringSpec()
    try:
        verdicts = score_run(plan, predictions)
    except UserError as error:
        raise UserError(f"{path}: {error}") from error
    summary = summarise(
        plan,
        predictions,
        verdicts,
        run.streams(),
        utterances=utterances,
        fps=manifest.model["fps"],
        spec=scoring,
    )
    errors = [row for row in predictions if row.status == "error"]
    planned = planned_keys(plan)
    missing = len(planned - {prediction_key(row) for row in predictions})
    return Results(
        path=path,
        manifest=manifest,
        plan=plan,
        summary=summary,
        verdicts=verdicts,
        errors=errors,
        missing=missing,
        meta=_table_meta(
            manifest,
            scoring.hash,
            errors=len(errors),
            planned=len(planned),
            missing=missing,
            polarity=polarity_figures(plan, verdicts),
        ),
    )


def _refuse_other_version(path: Path, manifest: Manifest) -> None:
    lacking = [key for key in _MODEL_KEYS if key not in manifest.model]
    lacking += [key for key in _HARDWARE_KEYS if key not in manifest.hardware]
    if lacking:
        version = manifest.versions.get("vstreamqa", "unknown")
        raise UserError(f"{path}: its manifest has no {lacking[0]!r}: it was written by vstreamqa {version}, use that")


def _polarity_note(figures: PolarityFigures) -> str:
    whole = "not known without a judge" if figures.with_content is None else f"{figures.with_content:.1%}"
    return (
        f"of {figures.questions} yes/no questions {figures.with_content_gold} have content after the polarity: "
        f"{figures.polarity_only:.1%} right by polarity alone, with content {whole}"
    )


def _table_meta(
    manifest: Manifest,
    scoring_hash: str,
    *,
    errors: int,
    planned: int,
    missing: int,
    polarity: PolarityFigures | None,
) -> TableMeta:
    notes = list(manifest.notes)
    if polarity is not None and polarity.with_content_gold:
        notes.append(_polarity_note(polarity))
    if missing:
        notes.append(f"{missing} planned questions have no row yet: the run is not finished")
    others = sorted({name for process in manifest.continued for name in process})
    if others:
        notes.append(f"the run was continued with other {', '.join(others)} (see manifest.json): its figures mix")
    return TableMeta(
        model=manifest.model["model"],
        options={
            "checkpoint": manifest.model["checkpoint"],
            **manifest.model["options"],
            "fps": manifest.model["fps"],
            "dtype": manifest.model["dtype"],
            "max_new_tokens": manifest.model["decoding"]["max_new_tokens"],
        },
        task_hash=manifest.task_hash,
        model_hash=manifest.model_hash,
        scoring_hash=scoring_hash,
        clock=manifest.clock,
        seed=manifest.seed,
        hardware=describe_hardware(manifest.hardware),
        demo_notice=manifest.notice,
        notes=tuple(notes),
        errors=errors,
        planned=planned,
        missing=missing,
    )


def fault_line(row: Prediction) -> str:
    """Return where a row failed, and why, in one line."""
    arm = f" [{row.control}]" if row.control else ""
    why = "no reason" if row.error is None else f"{row.error.kind}: {row.error.message}"
    return f"{row.suite}/{row.config} {row.stream_id} {row.question_id}{arm}: {why}"


def describe_hardware(hardware: Any) -> str:
    """Return processor, cores, memory and accelerators in one line."""
    gpus = ", ".join(hardware.get("gpus", [])) or "no GPU"
    machine = f"{hardware['cpu']}, {hardware['cores']} cores, {hardware['memory_bytes'] / 2**30:.0f} GiB, {gpus}"
    return f"{machine}; model on {hardware['device']}"
