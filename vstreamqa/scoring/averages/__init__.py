"""The figures a suite prints beside the plain accuracy: its own averages, groups and denominators."""

from __future__ import annotations

from collections.abc import Sequence

from vstreamqa.schema import Average
from vstreamqa.scoring.averages.scored import Scored

__all__ = ["Scored", "suite_averages"]


def suite_averages(suite: str, config: str, rows: Sequence[Scored]) -> tuple[Average, ...]:
    """Return the suite's own figures for one arm of one config, the official one marked; none if it has none.

    Args:
        suite: name of the suite.
        config: name of the config.
        rows: every planned question of the arm, proactive ones left out.
    """
    return ()
