"""How many answers could not be read?"""

from __future__ import annotations

from vstreamqa.audit.finding import Finding, Status
from vstreamqa.audit.records.reading import RunRecords, where

NAME = "unparsed answers"
MANY, MOST = 0.05, 0.9


def unparsed(run: RunRecords) -> list[Finding]:
    """Count the answers in which the rule found none."""
    return [finding for config in run.configs if (finding := _finding(run, config)) is not None]


def _finding(run: RunRecords, config: tuple[str, str]) -> Finding | None:
    verdicts = [entry.verdict for entry in run.arm(config, None) if entry.verdict is not None]
    if not verdicts:
        return None
    left = [verdict for verdict in verdicts if verdict.status == "unparsed"]
    out = sum(verdict.correct is None for verdict in left)
    share = len(left) / len(verdicts)
    status: Status = "ok" if share <= MANY else "warning" if share <= MOST else "failed"
    means = {
        "ok": "answers can be read",
        "warning": "part of the figure is about the form of the answers, not about the video",
        "failed": "the figure is about the form of the answers, not about the video",
    }[status]
    treated = "" if not left else "; taken out of the denominator" if out else "; they count as wrong"
    return Finding(
        check=NAME,
        where=where(config),
        status=status,
        found=f"{len(left)} of {len(verdicts)} answers cannot be read{treated}",
        means=means,
        figures={"unparsed": len(left), "n": len(verdicts), "share": share, "left_out": out},
    )
