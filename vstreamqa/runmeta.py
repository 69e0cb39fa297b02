"""What stands above and under the tables of a run: settings, hashes, hardware, and what must be said of its figures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from vstreamqa.report.judgecard import calibration_line
from vstreamqa.report.meta import TableMeta
from vstreamqa.schema import Manifest, PlanRow, Verdict
from vstreamqa.scoring.judge.card import JudgeCard
from vstreamqa.scoring.native import native_notes
from vstreamqa.scoring.polarity import PolarityFigures, polarity_figures


def table_meta(
    manifest: Manifest,
    plan: Sequence[PlanRow],
    verdicts: Sequence[Verdict],
    card: JudgeCard | None = None,
    *,
    errors: int,
    planned: int,
    missing: int,
) -> TableMeta:
    """Return what stands above and under the tables of a run.

    Args:
        manifest: how it was made, and scored.
        plan: what was to be asked.
        verdicts: what became of it.
        card: of the judge, None if it has none.
        errors: how many rows failed.
        planned: how many rows there should be.
        missing: how many of them there are not.
    """
    notes = list(manifest.notes)
    native = manifest.scoring.get("rule") == "native"
    # The official rules hand yes and no to the judge like all else: what was read of them is not known then.
    polarity = None if native else polarity_figures(plan, verdicts)
    if polarity is not None and polarity.with_content_gold:
        notes.append(_polarity_note(polarity))
    if native:
        notes.extend(native_notes(verdicts))
    notes.extend(_judge_notes(manifest.scoring, verdicts, card))
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
        scoring_hash=manifest.scoring_hash,
        clock=manifest.clock,
        seed=manifest.seed,
        hardware=describe_hardware(manifest.hardware),
        demo_notice=manifest.notice,
        notes=tuple(notes),
        errors=errors,
        planned=planned,
        missing=missing,
    )


def _polarity_note(figures: PolarityFigures) -> str:
    whole = "not known without a judge" if figures.with_content is None else f"{figures.with_content:.1%}"
    return (
        f"of {figures.questions} yes/no questions {figures.with_content_gold} have content after the polarity: "
        f"{figures.polarity_only:.1%} right by polarity alone, with content {whole}"
    )


def _judge_notes(scoring: Mapping[str, Any], verdicts: Sequence[Verdict], card: JudgeCard | None) -> Iterator[str]:
    """Yield who judged, by what wording, and how much of it came to nothing."""
    judge = scoring.get("judge")
    if judge is None:
        return
    asked = [verdict for verdict in verdicts if verdict.by == judge]
    revision = scoring.get("judge_revision") or "revision not stated"
    temperature = scoring.get("temperature")
    how = "" if temperature is None else f", temperature {temperature:g}"
    yield f"judge: {judge} ({revision}), rubric {scoring.get('rubric')}{how}; it was asked about {len(asked)} answers"
    if asked:
        yield calibration_line(judge, card)
    if failed := sum(verdict.status == "error" for verdict in asked):
        yield (
            f"the judge gave no verdict on {failed} of {len(asked)} answers ({failed / len(asked):.1%}): they are "
            "unjudged, and the same command judges them alone"
        )


def describe_hardware(hardware: Any) -> str:
    """Return processor, cores, memory and accelerators in one line."""
    if hardware["cpu"] is None:
        return "not stated"
    gpus = ", ".join(hardware.get("gpus", [])) or "no GPU"
    machine = f"{hardware['cpu']}, {hardware['cores']} cores, {hardware['memory_bytes'] / 2**30:.0f} GiB, {gpus}"
    return f"{machine}; model on {hardware['device']}"
