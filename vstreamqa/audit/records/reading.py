"""Read everything a run has written down, as it stands: what contradicts itself is found, not refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import msgspec

from vstreamqa.errors import UserError
from vstreamqa.report.entries import Entry, arms
from vstreamqa.runs.folder import SUMMARY, VERDICTS, RunReader, verdicts_path
from vstreamqa.runs.lines import read_lines
from vstreamqa.schema import (
    Manifest,
    PlanRow,
    Prediction,
    StreamRecord,
    SummaryRow,
    UtteranceRecord,
    Verdict,
)
from vstreamqa.scoring.ruling import is_rule


@dataclass(frozen=True, kw_only=True)
class RunRecords:
    """A run as its files say it.

    Attributes:
        path: the run folder.
        manifest: how it was made and scored last.
        plan: what was to be asked.
        predictions: what was answered.
        utterances: what was said unasked.
        streams: what watching cost.
        verdicts: those of the scoring that the manifest names, as they stand in their file; None without the file.
        summary: as it stands in its file; None without the file.
        judged: what judges have said, in every scoring that the run has had.
    """

    path: Path
    manifest: Manifest
    plan: Sequence[PlanRow]
    predictions: Sequence[Prediction]
    utterances: Sequence[UtteranceRecord] = ()
    streams: Sequence[StreamRecord] = ()
    verdicts: Sequence[Verdict] | None = None
    summary: Sequence[SummaryRow] | None = None
    judged: Sequence[Verdict] = ()

    @cached_property
    def arms(self) -> Mapping[tuple[str, str, str | None], Sequence[Entry]]:
        """Return planned questions with what became of them, by (suite, config, control)."""
        return arms(self.plan, self.predictions, self.verdicts or ())

    @property
    def configs(self) -> list[tuple[str, str]]:
        """Return every (suite, config), in the plan's order."""
        return list(dict.fromkeys((suite, config) for suite, config, _ in self.arms))

    @property
    def asked_configs(self) -> list[tuple[str, str]]:
        """Return those whose questions are not all listened for."""
        return [config for config in self.configs if self.arm(config, None)]

    def arm(self, config: tuple[str, str], control: str | None) -> list[Entry]:
        """Return the entries of an arm that can be right or wrong by themselves; what is listened for is left out."""
        entries = self.arms.get((*config, control), ())
        return [entry for entry in entries if entry.row.question.format != "proactive"]

    def answered(self, config: tuple[str, str], control: str | None) -> list[Entry]:
        """Return those of an arm's entries that have an answer."""
        return [entry for entry in self.arm(config, control) if entry.prediction and entry.prediction.prediction]

    def pairs(self, config: tuple[str, str], control: str) -> list[tuple[Entry, Entry]] | None:
        """Return the model's entries beside those of a control where both have an answer; None if it was not run."""
        others = {entry.row.question.question_id: entry for entry in self.answered(config, control)}
        if not self.arm(config, control):
            return None
        mine = [(entry, others.get(entry.row.question.question_id)) for entry in self.answered(config, None)]
        return [(entry, other) for entry, other in mine if other is not None]


def read_records(path: Path) -> RunRecords:
    """Read the files of a run folder.

    Raises:
        UserError: it is no run folder, or a line of a file is no record.
    """
    run = RunReader(path)
    manifest = run.manifest()
    verdicts, summary = verdicts_path(path, manifest.scoring_hash), path / SUMMARY
    return RunRecords(
        path=path,
        manifest=manifest,
        plan=run.plan(),
        predictions=run.predictions(),
        utterances=run.utterances(),
        streams=run.streams(),
        verdicts=read_lines(verdicts, Verdict) if verdicts.is_file() else None,
        summary=_summary(summary) if summary.is_file() else None,
        judged=[
            verdict
            for file in sorted((path / VERDICTS).glob("*.jsonl"))
            for verdict in read_lines(file, Verdict)
            if not is_rule(verdict.by)
        ],
    )


def _summary(path: Path) -> list[SummaryRow]:
    try:
        return msgspec.json.decode(path.read_bytes(), type=list[SummaryRow])
    except msgspec.DecodeError as error:
        raise UserError(
            f"{path}: not a summary: {error}; score the run again: vstreamqa score {path.parent}"
        ) from error


def where(config: tuple[str, str]) -> str:
    """Return how a config is named in a finding."""
    return "/".join(config)


def answer_of(entry: Entry) -> str:
    """Return an answer in the form in which answers are compared: case and spaces do not count."""
    text = "" if entry.prediction is None else entry.prediction.prediction or ""
    return " ".join(text.casefold().split())
