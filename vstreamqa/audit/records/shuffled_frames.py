"""Do answers change when the frames are shown in another order?"""

from __future__ import annotations

from vstreamqa.audit.finding import Finding, Status
from vstreamqa.audit.records.agreeing import agreement
from vstreamqa.audit.records.reading import RunRecords, where

NAME = "frames shuffled"


def shuffled_frames(run: RunRecords) -> list[Finding]:
    """Compare the answers with those given while the same frames were shown in random order.

    That they are the same is no fault of a run: few suites ask about order. So there is nothing to fail here.
    """
    return [_finding(run, config) for config in run.configs if run.pairs(config, "shuffled") is not None]


def _finding(run: RunRecords, config: tuple[str, str]) -> Finding:
    found = agreement(run.pairs(config, "shuffled"))
    if found is None:
        return Finding(check=NAME, where=where(config), status="not run", found="no answers to compare", means="-")
    status: Status = "warning" if found.status == "failed" else "ok"
    return Finding(
        check=NAME,
        where=where(config),
        status=status,
        found=f"{found.equal} of {found.n} answers stay word for word the same",
        means="answers depend on the order of what is shown"
        if status == "ok"
        else "either these questions do not ask about order, or the model was shown none",
        figures={"equal": found.equal, "n": found.n, "share": found.share},
    )
