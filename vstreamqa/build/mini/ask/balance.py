"""Keep count of what has been asked, so that what is asked next makes up for it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from vstreamqa.build.mini.ask.candidate import NO, YES, Candidate

_MOST_REWARDED = 2
"""How much a cue that lacks a key can count for it: no more, or one lopsided cue would draw all questions to it."""

_OPPOSITES = {YES: NO, NO: YES}


@dataclass
class Balance:
    """How often keys and answers have come up within each kind, and keys beside each cue over all kinds."""

    keys: Counter[tuple[str, str]] = field(default_factory=Counter)
    answers: Counter[tuple[str, str]] = field(default_factory=Counter)
    cues: Counter[tuple[str, str]] = field(default_factory=Counter)
    beside: Counter[tuple[str, str]] = field(default_factory=Counter)

    def rank(self, kind: str, candidate: Candidate, cues: Iterable[str]) -> tuple[int, ...]:
        """Return how much a question would upset the balance: the smallest is to be asked."""
        cues = tuple(cues)
        return (
            self.keys[kind, candidate.key],
            sum(self._excess(cue, candidate) for cue in cues),
            self.answers[kind, candidate.answer],
            sum(self.cues[kind, cue] for cue in cues),
        )

    def add(self, kind: str, candidate: Candidate, cues: Iterable[str]) -> None:
        """Count a question that is asked."""
        self.keys[kind, candidate.key] += 1
        self.answers[kind, candidate.answer] += 1
        for cue in cues:
            self.cues[kind, cue] += 1
            self.beside[cue, candidate.key] += 1

    def _excess(self, cue: str, candidate: Candidate) -> int:
        other = self.beside[cue, _OPPOSITES[candidate.key]] if candidate.key in _OPPOSITES else 0
        return max(self.beside[cue, candidate.key] - other, -_MOST_REWARDED)
