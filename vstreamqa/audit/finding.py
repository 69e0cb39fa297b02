"""What a check of an audit has found, and what that means."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from vstreamqa.schema import Record

Status = Literal["ok", "warning", "failed", "not run"]
EVERYWHERE = "run"
"""Where a finding is that is about no config by itself."""


class Finding(Record, frozen=True, kw_only=True):
    """One check, on one config or on the whole run."""

    check: str
    where: str = EVERYWHERE
    """`suite/config`, or `run`."""
    status: Status
    """`failed`: the figures cannot be trusted; `warning`: they need a second look; `not run`: nobody knows."""
    found: str
    """What was seen, with its numbers."""
    means: str
    """What follows from it."""
    figures: Mapping[str, Any] = {}
    """The same numbers for scripts; shares are fractions from 0 to 1."""
