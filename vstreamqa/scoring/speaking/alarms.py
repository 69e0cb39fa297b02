"""False alarms: utterances that told no event."""

from __future__ import annotations

from collections.abc import Iterable

from vstreamqa.schema import NANOSECONDS
from vstreamqa.scoring.speaking.listened import Listened

_MINUTE = 60 * NANOSECONDS


def per_minute(false_alarms: int, questions: Iterable[Listened]) -> float | None:
    """Return false alarms per minute of listening, from each question to the end of its stream.

    None where a stream counts in ranks, which have no minutes, or where nothing was listened to.
    """
    listened = list(questions)
    if any(one.unit != "second" for one in listened):
        return None
    total = sum(one.end - one.start for one in listened)
    return false_alarms * _MINUTE / total if total else None
