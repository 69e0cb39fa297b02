"""What became of a clause."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Status = Literal["kept", "broken", "unobservable", "not claimed"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one clause of the contract.

    Attributes:
        clause: its name.
        status: `unobservable` if the model's answers do not tell; `not claimed` if the adapter does not promise it.
        detail: what was seen, a clause.
    """

    clause: str
    status: Status
    detail: str


class Broken(Exception):  # noqa: N818 - internal; an outcome is made of it
    """A clause does not hold; the message says what was seen."""


class Unobservable(Exception):  # noqa: N818 - as above
    """The model's answers do not tell whether a clause holds; the message says why."""


class NotClaimed(Exception):  # noqa: N818 - as above
    """The adapter does not promise what a clause is about."""
