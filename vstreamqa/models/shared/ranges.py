"""Options that are numbers within bounds."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from vstreamqa.errors import UserError

_DAY = 86_400


def check_ranges(options: Any, ranges: Iterable[tuple[str, float, float]]) -> None:
    """Refuse options out of range.

    Args:
        options: they are its attributes.
        ranges: name, least and most of each.

    Raises:
        UserError: one is.
    """
    for name, least, most in ranges:
        value = getattr(options, name)
        if not least <= value <= most:
            raise UserError(f"{name}={value}: must be {least} to {most}")


def check_wait(options: Any, name: str) -> None:
    """Refuse an option that is no time to wait for something.

    Raises:
        UserError: it is nothing, or more than a day.
    """
    value = getattr(options, name)
    if not 0 < value <= _DAY:
        raise UserError(f"{name}={value}: must be above 0 s, and at most a day")
