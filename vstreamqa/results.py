"""From a run to figures: verdicts, summary, and what stands under the table. Needs no model and no video."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from vstreamqa.errors import UserError
from vstreamqa.keys import prediction_key
from vstreamqa.report.summary import summarise
from vstreamqa.report.table import TableMeta
from vstreamqa.runmeta import table_meta
from vstreamqa.runs.folder import UTTERANCES, RunReader, write_results
from vstreamqa.runs.plan import planned_keys
from vstreamqa.runs.said import check_utterances
from vstreamqa.schema import Manifest, PlanRow, Prediction, StreamRecord, SummaryRow, UtteranceRecord, Verdict
from vstreamqa.scoring.judge.card import load_card
from vstreamqa.scoring.judging import OPEN
from vstreamqa.verdicts import Scored, Scoring, kept_verdicts, make_verdicts

_MODEL_KEYS = ("model", "checkpoint", "options", "fps", "dtype", "decoding")
_HARDWARE_KEYS = ("cpu", "cores", "memory_bytes", "device")


@dataclass(frozen=True, slots=True, kw_only=True)
class RunData:
    """What a run consists of before it is scored.

    Attributes:
        manifest: how it was made.
        plan: what was to be asked.
        predictions: what was answered.
        utterances: what was said unasked.
        streams: what watching cost.
    """

    manifest: Manifest
    plan: Sequence[PlanRow]
    predictions: Sequence[Prediction]
    utterances: Sequence[UtteranceRecord] = ()
    streams: Sequence[StreamRecord] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """What a run came to.

    Attributes:
        path: the run folder, or the file of predictions.
        manifest: how it was made; its scoring is the one that these verdicts follow.
        plan: what was to be asked.
        predictions: what was answered.
        summary: the lines of the table.
        verdicts: one per planned question and control.
        errors: predictions that hold an error in place of an answer.
        missing: planned questions (counted per control) without any row.
        meta: what stands under the table.
    """

    path: Path
    manifest: Manifest
    plan: Sequence[PlanRow]
    predictions: Sequence[Prediction]
    summary: Sequence[SummaryRow]
    verdicts: Sequence[Verdict]
    errors: Sequence[Prediction]
    missing: int
    meta: TableMeta

    @property
    def misjudged(self) -> Sequence[Verdict]:
        """Return the verdicts that a judge was asked for and did not give."""
        return [verdict for verdict in self.verdicts if verdict.status == "error"]

    @property
    def unjudged(self) -> int:
        """Return how many answers are left to a judge that nobody has named."""
        return sum(verdict.status == "unjudged" and verdict.by in OPEN for verdict in self.verdicts)

    @property
    def exit_code(self) -> int:
        """0 if every planned question has a row without an error and no judge failed, 1 otherwise."""
        return 1 if self.errors or self.missing or self.misjudged else 0


def score_run_folder(path: Path, scoring: Scoring | None = None) -> Results:
    """Score a run folder, write verdicts and summary into it, and return them.

    Args:
        path: the run folder.
        scoring: the rule and the judge; None for the strict rule, and what the run's last judge has said.

    Raises:
        UserError: it is no run folder, or its rows contradict each other.
    """
    results = _results(path, scoring or Scoring())
    manifest = results.manifest
    write_results(path, manifest.scoring, manifest.scoring_hash, results.verdicts, results.summary)
    return results


def read_results(path: Path) -> Results:
    """Return what a run came to by the way it was scored last; nothing is written, and no judge is asked."""
    return _results(path, None)


def read_run(path: Path) -> RunData:
    """Read the files of a run folder.

    Raises:
        UserError: it is no run folder, was written by another version, or its rows contradict each other.
    """
    run = RunReader(path)
    data = RunData(
        manifest=run.manifest(),
        plan=run.plan(),
        predictions=run.predictions(),
        utterances=run.utterances(),
        streams=run.streams(),
    )
    _refuse_other_version(path, data.manifest)
    check_utterances(path / UTTERANCES, data.plan, data.predictions, data.utterances)
    return data


def make_results(path: Path, data: RunData, scored: Scored) -> Results:
    """Return the figures that follow from the verdicts of a run."""
    manifest = msgspec.structs.replace(
        data.manifest, scoring=msgspec.to_builtins(scored.spec), scoring_hash=scored.spec.hash
    )
    identity = scored.spec.identity
    card = None if identity is None else load_card(identity)
    summary = summarise(
        data.plan,
        data.predictions,
        scored.verdicts,
        data.streams,
        utterances=data.utterances,
        fps=manifest.model["fps"],
        spec=scored.spec,
        card=card,
    )
    errors = [row for row in data.predictions if row.status == "error"]
    planned = planned_keys(data.plan)
    missing = len(planned - {prediction_key(row) for row in data.predictions})
    return Results(
        path=path,
        manifest=manifest,
        plan=data.plan,
        predictions=data.predictions,
        summary=summary,
        verdicts=scored.verdicts,
        errors=errors,
        missing=missing,
        meta=table_meta(
            manifest, data.plan, scored.verdicts, card, errors=len(errors), planned=len(planned), missing=missing
        ),
    )


def _results(path: Path, scoring: Scoring | None) -> Results:
    """Return what a run comes to by a scoring, or by its last one where nobody new judges."""
    data = read_run(path)
    try:
        if scoring is None or (scoring.judge is None and scoring.keep):
            rule = None if scoring is None else scoring.rule
            scored = kept_verdicts(path, data.manifest, data.plan, data.predictions, rule)
        else:
            scored = make_verdicts(data.manifest, data.plan, data.predictions, scoring)
    except UserError as error:
        raise _at(path, error) from error
    return make_results(path, data, scored)


def _at(path: Path, error: UserError) -> UserError:
    return error if str(path) in str(error) else UserError(f"{path}: {error}")


def _refuse_other_version(path: Path, manifest: Manifest) -> None:
    lacking = [key for key in _MODEL_KEYS if key not in manifest.model]
    lacking += [key for key in _HARDWARE_KEYS if key not in manifest.hardware]
    if lacking:
        version = manifest.versions.get("vstreamqa", "unknown")
        raise UserError(f"{path}: its manifest has no {lacking[0]!r}: it was written by vstreamqa {version}, use that")


def fault_line(row: Prediction) -> str:
    """Return where a row failed, and why, in one line."""
    arm = f" [{row.control}]" if row.control else ""
    why = "no reason" if row.error is None else f"{row.error.kind}: {row.error.message}"
    return f"{row.suite}/{row.config} {row.stream_id} {row.question_id}{arm}: {why}"
