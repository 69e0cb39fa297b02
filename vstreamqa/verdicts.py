"""The verdicts of a run: what rules say, what a judge says of the rest, and what an earlier scoring has left."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import msgspec

from vstreamqa.errors import UserError
from vstreamqa.keys import verdict_key
from vstreamqa.runs.folder import spec_path, verdicts_path
from vstreamqa.runs.lines import read_lines
from vstreamqa.schema import Manifest, PlanRow, Prediction, RowKey, Verdict
from vstreamqa.scoring.judge import cost
from vstreamqa.scoring.judge.base import Case, Judge
from vstreamqa.scoring.judge.cached import CachedJudge
from vstreamqa.scoring.judging import judge_open, open_cases
from vstreamqa.scoring.score import score_run
from vstreamqa.scoring.spec import Rule, ScoringSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class Scoring:
    """How a run is to be scored.

    Attributes:
        rule: how answers are read.
        judge: who decides what the rule leaves open; None for nobody new.
        checked: the judge has been checked; otherwise it is once there is something that it was never asked.
        keep: without a judge, the verdicts of the judge that the run has been scored with so far stand.
    """

    rule: Rule = "strict"
    judge: Judge | None = None
    checked: bool = False
    keep: bool = True


@dataclass(frozen=True, slots=True)
class Scored:
    """What scoring came to."""

    spec: ScoringSpec
    verdicts: Sequence[Verdict]


def make_verdicts(
    manifest: Manifest, plan: Sequence[PlanRow], predictions: Sequence[Prediction], scoring: Scoring
) -> Scored:
    """Score answers by a rule, and hand what it leaves open to a judge, if there is one.

    Raises:
        UserError: what `score_run` raises, or the judge cannot be used.
    """
    verdicts = _by_rule(manifest, plan, predictions, scoring.rule)
    judge = scoring.judge
    if judge is None:
        return Scored(ScoringSpec.by(scoring.rule, None), verdicts)
    cases = open_cases(plan, predictions, verdicts)
    if not scoring.checked:
        _check(judge, list(cases.values()))
    judged = _judged(verdicts, cases, judge)
    return Scored(ScoringSpec.by(scoring.rule, judge.identity), judged)


def _check(judge: Judge, cases: Sequence[Case]) -> None:
    if not (isinstance(judge, CachedJudge) and judge.covers(cases)):
        judge.check()


def _judged(verdicts: Sequence[Verdict], cases: Mapping[RowKey, Case], judge: Judge) -> list[Verdict]:
    from tqdm import tqdm

    before = cost.estimate(list(cases.values()), judge)
    if before is not None and before.requests:
        tqdm.write(f"judging: {before.line()}", file=sys.stderr)
    with closing(tqdm(total=len(cases), desc=f"judging ({judge.identity.name})", unit="", disable=None)) as bar:
        judged = judge_open(verdicts, cases, judge, progress=bar.update)
    after = cost.spent(judge)
    if after is not None and after.requests:
        tqdm.write(f"judged: {after.line()}", file=sys.stderr)
    if isinstance(judge, CachedJudge) and judge.trouble is not None:
        tqdm.write(f"verdicts are not kept for the next run: {judge.trouble}", file=sys.stderr)
    return judged


def kept_verdicts(
    path: Path, manifest: Manifest, plan: Sequence[PlanRow], predictions: Sequence[Prediction], rule: Rule | None = None
) -> Scored:
    """Return the verdicts of a run as it was scored last; rules are applied anew, a judge is not asked.

    Rules are those of this version, whichever wrote the run, and so is what the verdicts are called after.

    Args:
        path: the run folder.
        manifest: its manifest, which names the scoring.
        plan: what was to be asked.
        predictions: what was answered.
        rule: another rule than the run was scored with last, whose judge then does not count.

    Raises:
        UserError: a file of verdicts that cannot be read.
    """
    spec = msgspec.structs.replace(_spec_of(path, manifest), version=ScoringSpec().version)
    if rule is not None and rule != spec.rule:
        return make_verdicts(manifest, plan, predictions, Scoring(rule=rule))
    verdicts = _by_rule(manifest, plan, predictions, spec.rule)
    if spec.judge is None:
        return Scored(spec, verdicts)
    judged = {
        verdict_key(verdict): verdict
        for verdict in read_lines(verdicts_path(path, manifest.scoring_hash), Verdict)
        if verdict.by == spec.judge
    }
    open_rows = open_cases(plan, predictions, verdicts)
    whole = [
        judged[key] if (key := verdict_key(verdict)) in open_rows and key in judged else verdict for verdict in verdicts
    ]
    return Scored(spec, whole)


def _spec_of(path: Path, manifest: Manifest) -> ScoringSpec:
    """Return the scoring that a manifest names, with what judged it at hand."""
    try:
        spec = msgspec.convert(manifest.scoring, ScoringSpec)
    except msgspec.ValidationError as error:
        raise UserError(f"{path}: its manifest names a scoring that cannot be read ({error})") from error
    kept = manifest.scoring_hash
    if spec.judge is not None and not spec_path(path, kept).is_file():
        raise UserError(
            f"{path}: its verdicts of {spec.judge} ({verdicts_path(path, kept).name}) are not there or were made "
            f"by another version; judge it again: vstreamqa score {path} --judge {spec.judge}"
        )
    return spec


def _by_rule(
    manifest: Manifest, plan: Sequence[PlanRow], predictions: Sequence[Prediction], rule: Rule
) -> list[Verdict]:
    # A file of another project says how it is laid out; official rules differ by that.
    return score_run(plan, predictions, rule=rule, layout=manifest.task.get("layout"), seed=manifest.seed)
