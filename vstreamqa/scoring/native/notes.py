"""What must be said beside figures that an official rule has made."""

from __future__ import annotations

from collections.abc import Iterable

from vstreamqa.schema import Verdict
from vstreamqa.scoring.native.first_a_to_e import FALLBACK


def native_notes(verdicts: Iterable[Verdict]) -> list[str]:
    """Return how many rows of the model itself were decided by chance, and how many are in no denominator."""
    own = [verdict for verdict in verdicts if verdict.control is None and verdict.by.startswith("native/")]
    drawn = sum(verdict.by == FALLBACK for verdict in own)
    dropped = sum(verdict.correct is None and verdict.status == "unparsed" for verdict in own)
    notes = []
    if drawn:
        notes.append(f"{drawn} of {len(own)} answers name no letter: the official rule gave them a random one")
    if dropped:
        notes.append(f"{dropped} of {len(own)} rows are not in the denominator, as by the official rule")
    return notes
