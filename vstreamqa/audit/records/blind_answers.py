"""Does the model answer as if it had seen nothing?"""

from __future__ import annotations

from vstreamqa.audit.finding import Finding
from vstreamqa.audit.records.agreeing import agreement
from vstreamqa.audit.records.reading import RunRecords, where

NAME = "answers as blind"


def blind_answers(run: RunRecords) -> list[Finding]:
    """Compare the texts of the model's answers with those it gives when it is shown nothing.

    A published row was once made with the image token built and then not used: every answer was the blind one.
    """
    return [_finding(run, config) for config in run.asked_configs]


def _finding(run: RunRecords, config: tuple[str, str]) -> Finding:
    found = agreement(run.pairs(config, "blind"), seen_only=True)
    if found is None:
        why = "no answers of the blind arm; add --control blind"
        return Finding(check=NAME, where=where(config), status="not run", found=why, means="nobody knows")
    means = {
        "ok": "what is shown reaches the answers",
        "warning": "what is shown hardly reaches the answers",
        "failed": "what is shown does not reach the model: is the visual token in the prompt?",
    }[found.status]
    return Finding(
        check=NAME,
        where=where(config),
        status=found.status,
        found=f"{found.equal} of {found.n} answers are word for word those given blind",
        means=means,
        figures={"equal": found.equal, "n": found.n, "share": found.share},
    )
