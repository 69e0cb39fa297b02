"""Make a finding of what has changed in a world."""

from __future__ import annotations

from dataclasses import dataclass, field

from vstreamqa.audit.causality.comparing import Change
from vstreamqa.audit.causality.sample import Sample
from vstreamqa.audit.finding import Finding, Status
from vstreamqa.audit.records.telling import failed_if


@dataclass(slots=True)
class Tally:
    """What became of the questions in one world.

    Attributes:
        check: name of the world.
        good: what it means that nothing changes.
        bad: what it means that something does.
        samples: the questions that were asked.
        changes: those whose row is another one.
    """

    check: str
    good: str
    bad: str
    samples: list[Sample] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)

    def add(self, sample: Sample, what: str | None) -> None:
        """Count a question; `what` says in what its row is another one, None if it is not."""
        self.samples.append(sample)
        if what is not None:
            self.changes.append(Change(sample, what))

    def finding(self, *, status: Status = "failed", bad: str | None = None, remark: str = "") -> Finding:
        """Return what to say of it."""
        if not self.samples:
            return Finding(check=self.check, status="not run", found="no question", means="nobody knows")
        return failed_if(
            [name_of(change) for change in self.changes],
            check=self.check,
            found=f"{len(self.samples) - len(self.changes)} of {len(self.samples)} rows are the same{remark}",
            good=self.good,
            bad=self.bad if bad is None else bad,
            status=status,
            questions=len(self.samples),
        )


def name_of(change: Change) -> str:
    """Return where something changed, and what."""
    row = change.sample.row
    return f"{row.suite}/{row.config} {row.question.question_id!r}: {change.what}"
