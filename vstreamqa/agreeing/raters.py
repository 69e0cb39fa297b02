"""The verdicts of runs, by who gave them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from vstreamqa.errors import UserError
from vstreamqa.keys import prediction_key, row_key, verdict_key
from vstreamqa.report.reported import labels
from vstreamqa.runs.folder import VERDICTS, RunReader, spec_path
from vstreamqa.runs.lines import read_lines
from vstreamqa.schema import Manifest, Prediction, Question, RowKey, Verdict
from vstreamqa.scoring.ruling import is_rule
from vstreamqa.scoring.spec import ScoringSpec

LABELS = "labels"
"""The name of the people whose labels are read."""


@dataclass(frozen=True, slots=True)
class Ratings:
    """What one rater made of the answers of one run.

    Attributes:
        verdicts: by row; None where there is none.
        judged: rows that a judge or a person decided, and not a rule.
    """

    verdicts: Mapping[RowKey, bool | None]
    judged: frozenset[RowKey]


@dataclass(frozen=True, slots=True)
class Answers:
    """The answers of one run, with everybody who has judged them.

    Attributes:
        label: what the run is called.
        names: of its folder; of several, where the same answers were scored apart.
        questions: what was planned, by row.
        raters: by name.
    """

    label: str
    names: tuple[str, ...]
    questions: Mapping[RowKey, Question]
    raters: Mapping[str, Ratings]


@dataclass(frozen=True, slots=True)
class _Read:
    path: Path
    manifest: Manifest
    questions: Mapping[RowKey, Question]
    said: Mapping[RowKey, str | None]
    files: Mapping[str, tuple[ScoringSpec | None, Ratings]]


def read_answers(paths: Sequence[Path]) -> list[Answers]:
    """Read the verdicts of run folders; folders that hold the same answers count as one run.

    Raises:
        UserError: one of them is no run folder, has no verdicts, is named twice, or cannot be read.
    """
    if len({path.resolve() for path in paths}) < len(paths):
        raise UserError("a run is named twice; name every run folder once")
    runs = [_read(path) for path in paths]
    groups: list[list[_Read]] = []
    for run in runs:
        same = next((group for group in groups if _same_answers(group[0], run)), None)
        groups.append([run]) if same is None else same.append(run)
    called = labels([group[0].manifest.model for group in groups], [group[0].path.name for group in groups])
    names = rater_names({scoring: spec for run in runs for scoring, (spec, _) in run.files.items()})
    return [_answers(label, group, names) for label, group in zip(called, groups, strict=True)]


def rater_names(specs: Mapping[str, ScoringSpec | None]) -> dict[str, str]:
    """Return what to call scorings, by hash: the judge or the rule, and what tells those of one name apart."""
    plain = {scoring: _plain_name(scoring, spec) for scoring, spec in specs.items()}
    found = {}
    for scoring, name in plain.items():
        alike = [specs[other] for other, same in plain.items() if same == name]
        told = _told_apart(specs[scoring], alike)
        found[scoring] = f"{name} ({told})" if told else name
    return found


def _plain_name(scoring: str, spec: ScoringSpec | None) -> str:
    if spec is None:
        return f"scoring {scoring}"
    return spec.judge if spec.judge is not None else f"rules ({spec.rule})"


def _told_apart(spec: ScoringSpec | None, alike: Sequence[ScoringSpec | None]) -> str:
    if spec is None or len(alike) < 2:
        return ""
    fields = [msgspec.to_builtins(one) for one in alike]
    differing = [name for name in fields[0] if len({repr(one[name]) for one in fields}) > 1]
    own: dict[str, Any] = msgspec.to_builtins(spec)
    return ", ".join(f"{name.removeprefix('judge_')} {own[name]}" for name in differing)


def _read(path: Path) -> _Read:
    run = RunReader(path)
    plan = run.plan()
    questions = {row_key(row, control): row.question for row in plan for control in row.controls}
    files = {
        file.stem: (_spec(path, file.stem), _ratings(read_lines(file, Verdict), questions, file))
        for file in sorted((path / VERDICTS).glob("*.jsonl"))
    }
    if not files:
        raise UserError(f"{path}: has no verdicts; score it first: vstreamqa score {path}")
    return _Read(path, run.manifest(), questions, _said(run.predictions()), files)


def _spec(path: Path, scoring: str) -> ScoringSpec | None:
    file = spec_path(path, scoring)
    if not file.is_file():
        return None
    try:
        return msgspec.json.decode(file.read_bytes(), type=ScoringSpec)
    except msgspec.DecodeError as error:
        raise UserError(f"{file}: not a scoring ({error}); score the run again") from error


def _ratings(verdicts: Sequence[Verdict], questions: Mapping[RowKey, Question], file: Path) -> Ratings:
    strange = [key for verdict in verdicts if (key := verdict_key(verdict)) not in questions]
    if strange:
        raise UserError(f"{file}: question {strange[0][2]!r} is not in the run's plan; score the run again")
    return Ratings(
        verdicts={verdict_key(verdict): verdict.correct for verdict in verdicts},
        judged=frozenset(verdict_key(one) for one in verdicts if not is_rule(one.by)),
    )


def _said(predictions: Iterable[Prediction]) -> dict[RowKey, str | None]:
    return {prediction_key(row): row.prediction for row in predictions}


def _same_answers(one: _Read, other: _Read) -> bool:
    return (one.manifest.task_hash, one.said) == (other.manifest.task_hash, other.said)


def _answers(label: str, group: Sequence[_Read], names: Mapping[str, str]) -> Answers:
    raters: dict[str, Ratings] = {}
    for run in group:
        for scoring, (_, ratings) in run.files.items():
            name = names[scoring]
            if name in raters and raters[name] != ratings:
                name = f"{name}, {run.path.name}"
            raters[name] = ratings
    return Answers(label, tuple(run.path.name for run in group), group[0].questions, raters)
