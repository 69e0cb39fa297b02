"""Say what contradicts itself in a run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from vstreamqa.audit.finding import EVERYWHERE, Finding, Status
from vstreamqa.schema import RowKey

SHOWN = 3
"""Faults that a finding names; the others are counted."""
LISTED = 50
"""Faults that its figures hold."""


def failed_if(
    faults: Sequence[str],
    *,
    check: str,
    found: str,
    good: str,
    bad: str,
    where: str = EVERYWHERE,
    status: Status = "failed",
    **figures: Any,
) -> Finding:
    """Return a finding that is fine unless there are faults.

    Args:
        faults: what is wrong, a clause each.
        check: name of the check.
        found: what was looked at.
        good: what it means that there are none.
        bad: what it means that there are some.
        where: config, or the whole run.
        status: of the finding if there are faults.
        **figures: further numbers.
    """
    more = f"; and {len(faults) - SHOWN} more" if len(faults) > SHOWN else ""
    return Finding(
        check=check,
        where=where,
        status=status if faults else "ok",
        found="; ".join([found, *faults[:SHOWN]]) + more,
        means=bad if faults else good,
        figures={**figures, "faults": len(faults), **({"named": list(faults[:LISTED])} if faults else {})},
    )


def named(key: RowKey) -> str:
    """Return how a row is named in a finding."""
    suite, config, identity, control = key
    return f"{suite}/{config} {identity!r}{f' [{control}]' if control else ''}"
