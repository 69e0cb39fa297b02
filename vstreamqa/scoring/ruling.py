"""What a rule says of one prediction, before it is written down as a verdict."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

_RULES = ("strict/", "native/")


def is_rule(by: str) -> bool:
    """Say whether it was a rule that gave a verdict (`Verdict.by`), and not a judge."""
    return by.startswith(_RULES)


@dataclass(frozen=True, slots=True)
class Ruling:
    """A rule's word on one prediction.

    Attributes:
        correct: whether it is right, or None where no rule can tell.
        status: `unparsed` counts as wrong, or not at all where nothing is said of being correct; `unjudged` leaves the
            row open.
        by: the rule.
        extracted: what was read from the prediction.
    """

    correct: bool | None
    status: Literal["judged", "unparsed", "unjudged"]
    by: str
    extracted: str | None = None


def judged(by: str, correct: bool, extracted: str | None = None) -> Ruling:
    """Rule a prediction right or wrong."""
    return Ruling(correct, "judged", by, extracted)


def unparsed(by: str) -> Ruling:
    """Rule that a prediction cannot be read, which counts as wrong."""
    return Ruling(False, "unparsed", by)


def left_out(by: str) -> Ruling:
    """Take a prediction out of the denominator, as some official rules do; the strict rule never does."""
    return Ruling(None, "unparsed", by)


def unjudged(by: str, extracted: str | None = None) -> Ruling:
    """Leave a prediction to a judge."""
    return Ruling(None, "unjudged", by, extracted)
