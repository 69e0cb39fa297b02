"""Do a judge and the rules agree where both can decide?"""

from __future__ import annotations

from collections.abc import Iterator

from vstreamqa.audit.finding import Finding, Status
from vstreamqa.audit.records.reading import RunRecords, where
from vstreamqa.report.entries import Entry
from vstreamqa.schema import Verdict
from vstreamqa.scoring.rules import score_row

NAME = "judge against rules"
GOOD, POOR = 0.95, 0.8
ENOUGH = 10
RULES = ("strict/", "native/")


def judge_and_rules(run: RunRecords) -> list[Finding]:
    """Compare a judge's verdicts with the strict rule's on answers that the rule can read.

    A language model was seen misjudging 3 of 24 plain yes/no answers. Under the strict rule a judge is not even
    asked about those; under a suite's own rule it is.
    """
    return [_finding(run, config) for config in run.asked_configs]


def _finding(run: RunRecords, config: tuple[str, str]) -> Finding:
    both = list(_both(run, config))
    if not both:
        return Finding(
            check=NAME,
            where=where(config),
            status="not run",
            found="no answer was decided by a judge and can be by a rule too",
            means="`vstreamqa judge-card` measures a judge on pairs whose verdict is known",
        )
    equal = sum(judged.correct == ruled.correct for judged, ruled in both)
    share = equal / len(both)
    status: Status = "ok" if share >= GOOD else "failed" if share < POOR and len(both) >= ENOUGH else "warning"
    return Finding(
        check=NAME,
        where=where(config),
        status=status,
        found=f"{equal} of {len(both)} verdicts of {both[0][0].by} are those of the rule",
        means="the judge reads plain answers as they are"
        if status == "ok"
        else "the judge misreads answers that need no judge: score them by the strict rule, or take another judge",
        figures={"equal": equal, "n": len(both), "share": share, "judge": both[0][0].by},
    )


def _both(run: RunRecords, config: tuple[str, str]) -> Iterator[tuple[Verdict, Verdict]]:
    for entry in run.arm(config, None):
        judged = entry.verdict
        if judged is None or judged.correct is None or judged.by.startswith(RULES):
            continue
        ruled = _by_rule(entry)
        if ruled.correct is not None:
            yield judged, ruled


def _by_rule(entry: Entry) -> Verdict:
    row = entry.row
    return score_row(
        row.question, entry.prediction, suite=row.suite, config=row.config, control=entry.control, closed=row.closed
    )
