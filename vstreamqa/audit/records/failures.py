"""How many questions have an error in place of an answer or of a verdict?"""

from __future__ import annotations

from collections import Counter

from vstreamqa.audit.finding import Finding, Status
from vstreamqa.audit.records.reading import RunRecords, where

NAME = "errors"
MOST = 0.5


def failures(run: RunRecords) -> list[Finding]:
    """Count error rows of the model, and verdicts that a judge was asked for and did not give."""
    return [_finding(run, config) for config in run.configs]


def _finding(run: RunRecords, config: tuple[str, str]) -> Finding:
    entries = run.arms.get((*config, None), ())
    kinds = Counter(e.prediction.error.kind for e in entries if e.prediction and e.prediction.error)
    failed = sum(entry.prediction is not None and entry.prediction.status == "error" for entry in entries)
    judged = sum(entry.verdict is not None and entry.verdict.status == "error" for entry in entries)
    n = max(len(entries), 1)
    status: Status = "ok" if not failed + judged else "warning" if max(failed, judged) / n < MOST else "failed"
    most = "" if not kinds else f" (mostly {kinds.most_common(1)[0][0]})"
    return Finding(
        check=NAME,
        where=where(config),
        status=status,
        found=f"{failed} of {len(entries)} questions have an error{most}; {judged} verdicts are errors",
        means="every question has an answer, and every answer that was judged a verdict"
        if status == "ok"
        else "errors count as wrong; the same command asks again what is missing",
        figures={"errors": failed, "judge_errors": judged, "n": len(entries), "kinds": dict(kinds)},
    )
