"""What happens to answers if frames are altered so faintly that nobody could see it.

A model that looks changes few answers. One that looks frames up by their content knows none of these, and changes those
that it had looked up, to what it makes of the frames itself: twice the same, if they are altered once more in another
way. An answer that hangs by a thread changes back as often as not: the run's frames are one variant among three.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from vstreamqa.audit.chance import by_chance
from vstreamqa.audit.finding import Finding

NAME = "frames hardly altered"
WHOLESALE = 0.25
"""Share of the answers from which on a change of them is not of a few."""
_RARELY = 1e-3

After = Literal["same", "returns", "stays", "other"]
"""An answer is the run's; the run's again under a second alteration; the same under both; another under each."""


@dataclass(slots=True)
class Faint:
    """Counts what becomes of answers."""

    same: int = 0
    returns: int = 0
    stays: int = 0
    other: int = 0

    def add(self, after: After) -> None:
        """Count a question."""
        setattr(self, after, getattr(self, after) + 1)

    def finding(self) -> Finding:
        """Return what to say of it: a warning if answers change wholesale, and not by chance."""
        changed = self.returns + self.stays + self.other
        n = self.same + changed
        if not n:
            return Finding(check=NAME, status="not run", found="nothing was said after a frame", means="nobody knows")
        chance = by_chance(self.stays, self.stays + self.returns, 0.5)
        looked_up = changed / n >= WHOLESALE and chance <= _RARELY
        return Finding(
            check=NAME,
            status="warning" if looked_up else "ok",
            found=f"{changed} of {n} answers ({changed / n:.0%}) change with the last bits of the frames; "
            f"{self.stays} of them alike under a second such change, {self.returns} back to the run's",
            means=_means(changed / n, looked_up=looked_up),
            figures={
                "n": n,
                "changed": changed,
                "share": changed / n,
                "alike": self.stays,
                "back": self.returns,
            },
        )


def _means(share: float, *, looked_up: bool) -> str:
    if looked_up:
        return "answers hold for the very frames of the run and for none like them: they may have been looked up"
    if share >= WHOLESALE:
        return "answers hang by a thread, the run's no more than others: what is looked up would not show among them"
    return "answers do not rest on the last bits of the frames"
