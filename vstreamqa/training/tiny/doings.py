"""Who does what, in numbers: the pairs that both towers learn to see."""

from __future__ import annotations

from vstreamqa.build.mini import ACTIONS, CHARACTERS, Visit

NAMES = tuple(CHARACTERS)
DOINGS = len(NAMES) * len(ACTIONS)
"""Pairs of a character and an action."""


def doing(visit: Visit) -> int:
    """Return the number of a visit's pair of character and action."""
    return NAMES.index(visit.who) * len(ACTIONS) + ACTIONS.index(visit.action)
