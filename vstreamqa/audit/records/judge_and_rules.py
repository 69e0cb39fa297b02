"""Do a judge and the rules agree where both can decide?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from vstreamqa.audit.finding import Finding, Status
from vstreamqa.audit.records.reading import RunRecords, where
from vstreamqa.keys import row_key, verdict_key
from vstreamqa.report.entries import Entry
from vstreamqa.schema import Verdict
from vstreamqa.scoring.rules import score_row

NAME = "judge against rules"
GOOD, POOR = 0.95, 0.8
ENOUGH = 10
PLAIN = frozenset({"strict/polarity", "strict/choice", "strict/count"})
"""Rules whose word is beyond doubt; whether two texts mean the same is not."""


def judge_and_rules(run: RunRecords) -> list[Finding]:
    """Compare judges' verdicts with the strict rule's on answers that the rule can read.

    A language model was seen misjudging 3 of 24 plain yes/no answers. Under the strict rule a judge is not even
    asked about those; under a suite's own rule it is, so every scoring that the run has had is looked at.
    """
    return [finding for config in run.asked_configs for finding in _findings(run, config)]


def _findings(run: RunRecords, config: tuple[str, str]) -> list[Finding]:
    by_judge: dict[str, list[tuple[Verdict, Verdict]]] = {}
    for judged, ruled in _both(run, config):
        by_judge.setdefault(judged.by, []).append((judged, ruled))
    if by_judge:
        return [_finding(config, judge, both) for judge, both in by_judge.items()]
    return [
        Finding(
            check=NAME,
            where=where(config),
            status="not run",
            found="no plain answer was decided by a judge and can be by a rule too",
            means="`vstreamqa judge-card` measures a judge on pairs whose verdict is known",
        )
    ]


def _finding(config: tuple[str, str], judge: str, both: Sequence[tuple[Verdict, Verdict]]) -> Finding:
    equal = sum(judged.correct == ruled.correct for judged, ruled in both)
    share = equal / len(both)
    status: Status = "ok" if share >= GOOD else "failed" if share < POOR and len(both) >= ENOUGH else "warning"
    return Finding(
        check=NAME,
        where=where(config),
        status=status,
        found=f"{equal} of {len(both)} verdicts of {judge} are those of the rule",
        means="the judge reads plain answers as they are"
        if status == "ok"
        else "the judge misreads answers that need no judge: score them by the strict rule, or take another judge",
        figures={"equal": equal, "n": len(both), "share": share, "judge": judge},
    )


def _both(run: RunRecords, config: tuple[str, str]) -> Iterator[tuple[Verdict, Verdict]]:
    entries = {row_key(entry.row, None): entry for entry in run.arm(config, None)}
    found = {(verdict_key(judged), judged.by): judged for judged in run.judged if judged.correct is not None}
    for (key, _), judged in found.items():
        if key in entries:
            ruled = _by_rule(entries[key])
            if ruled.correct is not None and ruled.by in PLAIN:
                yield judged, ruled


def _by_rule(entry: Entry) -> Verdict:
    row = entry.row
    return score_row(
        row.question, entry.prediction, suite=row.suite, config=row.config, control=entry.control, closed=row.closed
    )
