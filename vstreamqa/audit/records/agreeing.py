"""How often two arms give the same answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from vstreamqa.audit.chance import SURELY, by_chance, chance_of_agreeing
from vstreamqa.audit.finding import Status
from vstreamqa.audit.records.reading import answer_of
from vstreamqa.report.entries import Entry

NEARLY_ALL = 0.98
MOSTLY = 0.9
"""Shares of equal answers from which on something is wrong, and looks wrong."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """Answers that are word for word the same, of those that two arms both have.

    Attributes:
        equal: how many are.
        n: of how many.
        telling: so many are no chance, given how often both arms give each answer anyway.
    """

    equal: int
    n: int
    telling: bool

    @property
    def share(self) -> float:
        """Return the share of equal answers."""
        return self.equal / self.n

    @property
    def status(self) -> Status:
        """Return what equal answers mean where they should differ."""
        if self.share < MOSTLY or not self.telling:
            return "ok"
        return "failed" if self.share >= NEARLY_ALL else "warning"


def agreement(pairs: Sequence[tuple[Entry, Entry]] | None, *, seen_only: bool = False) -> Agreement | None:
    """Compare the answers of two arms; None if there are none to compare.

    Args:
        pairs: the model's entries beside those of the other arm; None if that was not run.
        seen_only: leave out questions before which the model had seen no frame.
    """
    told = [
        (answer_of(mine), answer_of(other))
        for mine, other in pairs or ()
        if not seen_only or mine.prediction is None or mine.prediction.frames_seen
    ]
    if not told:
        return None
    equal = sum(mine == other for mine, other in told)
    chance = chance_of_agreeing(*zip(*told, strict=True))
    return Agreement(equal=equal, n=len(told), telling=by_chance(equal, len(told), chance) <= SURELY)
