"""What a verdict depends on besides the prediction."""

from __future__ import annotations

from typing import Literal

import msgspec

from vstreamqa.hashing import spec_hash
from vstreamqa.schema import Record
from vstreamqa.scoring.judge.base import Identity

Rule = Literal["strict", "native"]


class ScoringSpec(Record, frozen=True, kw_only=True):
    """How predictions become verdicts, and verdicts a figure; verdicts are kept per hash of this."""

    rule: Rule = "strict"
    version: int = 2
    """Counts the changes of the rule that can change a verdict."""
    judge: str | None = None
    """Who decides what rules leave open, by the name of the command line; None for nobody."""
    judge_revision: str | None = None
    rubric: str | None = None
    """Hash of the judge's wording."""
    temperature: float | None = None
    """Of the judge's decoding."""
    averaging: Literal["micro"] = "micro"
    window_before: float = 1.0
    """How long before an event it may be told, seconds (ranks where streams count in ranks)."""
    window_after: float = 2.0
    """How long after it; both ends of the window belong to it."""

    @classmethod
    def by(cls, rule: Rule, identity: Identity | None) -> ScoringSpec:
        """Return the spec of a rule, with a judge for what it leaves open."""
        if identity is None:
            return cls(rule=rule)
        return cls(
            rule=rule,
            judge=identity.name,
            judge_revision=identity.revision,
            rubric=identity.rubric,
            temperature=identity.temperature,
        )

    @property
    def identity(self) -> Identity | None:
        """What the judge is, None without one."""
        if self.judge is None:
            return None
        return Identity(name=self.judge, revision=self.judge_revision, rubric=self.rubric, temperature=self.temperature)

    @property
    def hash(self) -> str:
        """Return the 16 hex digits that name the verdicts' file."""
        return spec_hash(msgspec.to_builtins(self))
