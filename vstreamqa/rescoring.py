"""Scoring what has been answered: a run of ours or a file of another project's, by a rule and a judge."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import get_args

from vstreamqa.errors import UserError, suggestion
from vstreamqa.judges import JudgeRequest, default_judge, named_judge
from vstreamqa.results import Results, make_results, score_run_folder
from vstreamqa.runs.folder import MANIFEST
from vstreamqa.scoring.judge.names import RULES
from vstreamqa.scoring.spec import Rule
from vstreamqa.verdicts import Scoring, make_verdicts

_RULES: tuple[Rule, ...] = get_args(Rule)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreRequest:
    """What `vstreamqa score` was asked for; the fields are its argument and options.

    Attributes:
        path: a run folder, or a file of predictions.
        suite: the suite that a file answers.
        layout: how a file is laid out; recognised if None.
        rule: strict or native.
        judge: who judges what the rule leaves open.
        out: run folder in which a file's predictions and verdicts are kept.
    """

    path: Path
    suite: str | None = None
    layout: str | None = None
    rule: str = "strict"
    judge: JudgeRequest = field(default_factory=JudgeRequest)
    out: Path | None = None


def rescore(request: ScoreRequest) -> Results:
    """Score a run folder, whose verdicts and summary are written anew, or a file of predictions.

    Raises:
        UserError: a name that is not known, a file that cannot be read, or a judge that cannot be used.
    """
    if request.rule not in _RULES:
        raise UserError(f"--rule {request.rule}: unknown{suggestion(request.rule, _RULES)}")
    rule: Rule = request.rule
    if not request.path.exists():
        raise UserError(f"{request.path}: is not there; name a run folder, or a file of predictions")
    with named_judge(request.judge) as judge:
        scoring = Scoring(rule=rule, judge=judge, keep=request.judge.name != RULES)
        if (request.path / MANIFEST).is_file():
            _refuse_for_a_run(request)
            return score_folder(request.path, scoring)
        return _score_file(request, scoring)


def score_folder(path: Path, scoring: Scoring) -> Results:
    """Score a run folder; what nobody has judged goes to the default judge, where it is at hand.

    Raises:
        UserError: what `score_run_folder` raises.
    """
    return _or_by_default(partial(score_run_folder, path), scoring)


def _score_file(request: ScoreRequest, scoring: Scoring) -> Results:
    from vstreamqa.foreign import keep_as_run, read_foreign_run
    from vstreamqa.measured import measured_results
    from vstreamqa.scoring.measured import LAYOUTS as MEASURED
    from vstreamqa.scoring.measured import measured_layout

    measured = request.layout if request.layout in MEASURED else None
    if measured or (request.layout is None and (measured := measured_layout(request.path))):
        if request.out is not None:
            raise UserError(f"--out {request.out}: {request.path} holds samples, of which no run is made; leave it out")
        return measured_results(request.path, layout=measured, suite=request.suite)
    data = read_foreign_run(request.path, layout=request.layout, suite=request.suite)
    if request.out is not None:
        keep_as_run(data, request.out)
        return score_folder(request.out, scoring)

    def score(by: Scoring) -> Results:
        return make_results(request.path, data, make_verdicts(data.manifest, data.plan, data.predictions, by))

    return _or_by_default(score, scoring)


def _or_by_default(score: Callable[[Scoring], Results], scoring: Scoring) -> Results:
    """Score as is wished; what is then left to a judge whom nobody has named goes to the default one, if at hand."""
    results = score(scoring)
    if scoring.judge is not None or not scoring.keep or not results.unjudged:
        return results
    with default_judge() as judge:
        return results if judge is None else score(replace(scoring, judge=judge))


def _refuse_for_a_run(request: ScoreRequest) -> None:
    for option, value in (("--suite", request.suite), ("--layout", request.layout), ("--out", request.out)):
        if value is not None:
            raise UserError(f"{option} {value}: {request.path} is a run folder, which says that itself; leave it out")
