"""What a verdict depends on besides the prediction."""

from __future__ import annotations

from typing import Literal

import msgspec

from vstreamqa.hashing import spec_hash
from vstreamqa.schema import Record


class ScoringSpec(Record, frozen=True, kw_only=True):
    """How predictions become verdicts, and verdicts a figure; verdicts are kept per hash of this."""

    rule: Literal["strict"] = "strict"
    version: int = 1
    """Counts the changes of the rule that can change a verdict."""
    judge: str | None = None
    rubric: str | None = None
    averaging: Literal["micro"] = "micro"
    window_before: float = 1.0
    """How long before an event it may be told, seconds (ranks where streams count in ranks)."""
    window_after: float = 2.0
    """How long after it; both ends of the window belong to it."""

    @property
    def hash(self) -> str:
        """Return the 16 hex digits that name the verdicts' file."""
        return spec_hash(msgspec.to_builtins(self))
