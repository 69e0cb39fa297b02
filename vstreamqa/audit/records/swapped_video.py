"""Do answers change when another video is shown?"""

from __future__ import annotations

from vstreamqa.audit.finding import Finding
from vstreamqa.audit.records.agreeing import agreement
from vstreamqa.audit.records.reading import RunRecords, where
from vstreamqa.report.entries import correctness

NAME = "video swapped"


def swapped_video(run: RunRecords) -> list[Finding]:
    """Compare the answers with those given while another stream's video was shown, and their accuracies."""
    return [_finding(run, config) for config in run.asked_configs]


def _finding(run: RunRecords, config: tuple[str, str]) -> Finding:
    pairs = run.pairs(config, "swapped")
    found = agreement(pairs)
    if pairs is None or found is None:
        why = "not run; add --control swapped" if pairs is None else "no answers to compare"
        return Finding(check=NAME, where=where(config), status="not run", found=why, means="nobody knows")
    mine, other = (correctness(run.arm(config, control)).accuracy for control in (None, "swapped"))
    drop = None if mine is None or other is None else mine - other
    means = {
        "ok": "answers depend on which video is shown",
        "warning": "answers hardly depend on which video is shown",
        "failed": "answers do not depend on which video is shown",
    }[found.status]
    lost = "" if drop is None else f"; accuracy drops by {100 * drop:.1f} points"
    return Finding(
        check=NAME,
        where=where(config),
        status=found.status,
        found=f"{found.equal} of {found.n} answers stay word for word the same{lost}",
        means=means,
        figures={"equal": found.equal, "n": found.n, "share": found.share, "accuracy_drop": drop},
    )
