"""What happens to answers if the model is shown noise from the first frame on."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field

from vstreamqa.audit.chance import SURELY, by_chance, chance_of_agreeing
from vstreamqa.audit.finding import Finding, Status

NAME = "noise shown"


@dataclass(slots=True)
class Unseen:
    """Counts the answers that stay the same.

    Attributes:
        answers: what was said, by question, where something was shown.
        same: how many of them noise does not change.
        by_name: how many of those change if the stream is called otherwise, noise or not.
        kept: how many others stay what noise has made them once frames like the run's are shown.
    """

    answers: list[Hashable] = field(default_factory=list)
    same: int = 0
    by_name: int = 0
    kept: int = 0

    def add(self, answer: Hashable, *, same: bool, by_name: bool, kept: bool) -> None:
        """Count a question."""
        self.answers.append(answer)
        self.same += same
        self.by_name += same and by_name
        self.kept += kept and not same

    def finding(self) -> Finding:
        """Return what to say of it: that answers rest on something else than frames, or may."""
        n = len(self.answers)
        if not n:
            return Finding(check=NAME, status="not run", found="nothing was said after a frame", means="nobody knows")
        status = self._status()
        means = {
            "ok": "answers rest on what is shown",
            "warning": "the answers did not change, and are too few, or too much alike, to say that none rests on "
            "what is shown: raise --share, or run more questions",
            "failed": "no answer rests on what frames show, but on their number, or on what the model has from "
            "elsewhere",
        }[status]
        if self.by_name and status != "ok":
            means = "answers rest on which stream it is, not on its frames: the model has them from somewhere else"
        if self.kept and status != "ok":
            means = "answers rest on what was shown when their question was put first: the model keeps them by question"
        kept = f"; {self.kept} stay what noise has made them" if self.kept else ""
        return Finding(
            check=NAME,
            status=status,
            found=f"{self.same} of {n} answers stay the same if every frame is noise{kept}",
            means=means,
            figures={"same": self.same, "n": n, "by_name": self.by_name, "kept": self.kept},
        )

    def _status(self) -> Status:
        n = len(self.answers)
        if self.same + self.kept < n:
            return "ok"
        agreeing = chance_of_agreeing(self.answers, self.answers)
        # With those that are kept, two agreements count, and either may be chance.
        chance = 1 - (1 - agreeing) ** 2 if self.kept else agreeing
        return "failed" if by_chance(n, n, chance) <= SURELY else "warning"
