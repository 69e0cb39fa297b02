"""Is the model better than it is blind?"""

from __future__ import annotations

from vstreamqa.audit.finding import Finding, Status
from vstreamqa.audit.records.reading import RunRecords, where
from vstreamqa.report.entries import Entry
from vstreamqa.scoring.paired import Difference, paired_difference

NAME = "better than blind"
SURELY = 0.01
"""The p-value up to which being worse than blind is no chance: one honest run in twenty is worse at 5 %."""


def better_than_blind(run: RunRecords) -> list[Finding]:
    """Compare the model with itself shown nothing, question by question; the interval is clustered by video."""
    return [_finding(run, config) for config in run.asked_configs]


def _finding(run: RunRecords, config: tuple[str, str]) -> Finding:
    blind = {entry.row.question.question_id: entry for entry in run.arm(config, "blind")}
    if not blind:
        return _not_run(config, "the blind arm was not run; add --control blind")
    pairs = [
        (entry, other)
        for entry in run.arm(config, None)
        if (other := blind.get(entry.row.question.question_id)) is not None and not (entry.left_out or other.left_out)
    ]
    known = [
        (mine, blindly, entry.row.question.source_id)
        for entry, floor in pairs
        if (mine := _outcome(entry)) is not None and (blindly := _outcome(floor)) is not None
    ]
    if not known or len(known) < len(pairs):
        return _not_run(config, f"{len(pairs) - len(known)} of {len(pairs)} rows have no verdict; name a judge")
    right, shown_nothing, sources = zip(*known, strict=True)
    return _compared(config, paired_difference(right, shown_nothing, sources), sum(right) / len(right))


def _outcome(entry: Entry) -> bool | None:
    return None if entry.verdict is None else entry.verdict.correct


def _not_run(config: tuple[str, str], why: str) -> Finding:
    return Finding(check=NAME, where=where(config), status="not run", found=why, means="nobody knows what video adds")


def _compared(config: tuple[str, str], found: Difference, accuracy: float) -> Finding:
    figures = {"accuracy": accuracy, "difference": found.difference, "n": found.n, "videos": found.clusters}
    if found.interval is None:
        return _not_run(config, f"{100 * found.difference:+.1f} points, on one video: a difference has no interval")
    low, high = found.interval.low, found.interval.high
    worse = high < 0 and found.p_value is not None and found.p_value <= SURELY
    status: Status = "ok" if low > 0 else "failed" if worse else "warning"
    means = {
        "ok": "the video makes answers better",
        "failed": "the video makes answers worse: frames reach the model wrongly, or the arms are mixed up",
        "warning": "these questions do not show that the video is used: more of them, or another suite, may",
    }[status]
    return Finding(
        check=NAME,
        where=where(config),
        status=status,
        found=f"{100 * found.difference:+.1f} points [{100 * low:+.1f}, {100 * high:+.1f}] over blind, "
        f"{found.n} questions on {found.clusters} videos",
        means=means,
        figures={**figures, "interval": [low, high], "interval_method": found.interval.method},
    )
