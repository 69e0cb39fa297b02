"""The strict rules as a judge, so that they can be measured as one is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from vstreamqa.scoring.judge.base import Case, Identity, Opinion
from vstreamqa.scoring.judge.names import RULES
from vstreamqa.scoring.match import by_match
from vstreamqa.scoring.polarity import by_polarity, polar_golds
from vstreamqa.scoring.spec import ScoringSpec


class RulesJudge:
    """Judges what rules can, and says of the rest that they cannot.

    Attributes:
        identity: named `rules`; nothing about it is sampled.
    """

    def __init__(self, *, closed: bool) -> None:
        """Take whether open answers are among a few short ones, so that they can be compared."""
        answers = "closed" if closed else "open"
        self.identity = Identity(name=RULES, revision=f"strict {ScoringSpec().version}, {answers} answers")
        self._closed = closed

    def check(self) -> None:
        """Do nothing: rules are always there."""

    def opinions(self, cases: Sequence[Case]) -> Iterator[tuple[int, Opinion]]:
        """Yield the opinion on every case, in their order."""
        return ((place, self._opinion(case)) for place, case in enumerate(cases))

    def close(self) -> None:
        """Do nothing: there is nothing to let go of."""

    def _opinion(self, case: Case) -> Opinion:
        golds = polar_golds(case.golds)
        if golds is None and not self._closed:
            return Opinion(correct=None, error="no rule compares open answers")
        ruling = by_polarity(golds, case.prediction) if golds is not None else by_match(case.golds, case.prediction)
        if ruling.correct is None:
            return Opinion(correct=None, error="no rule compares what follows a yes or no")
        return Opinion(correct=ruling.correct, raw=f"{ruling.by}: {ruling.extracted or ruling.status}")
