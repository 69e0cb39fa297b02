"""False alarms: utterances that told no event."""

from __future__ import annotations

from collections.abc import Iterable

from vstreamqa.schema import NANOSECONDS
from vstreamqa.scoring.speaking.listened import Listened

_MINUTE = 60 * NANOSECONDS


def listening_time(one: Listened) -> int | None:
    """Return how long was listened after a question, in nanoseconds; None where positions are ranks.

    A question that failed was not listened to: its minutes would make every false alarm of the others look rarer.
    """
    if one.unit != "second":
        return None
    return one.end - one.start if one.answered else 0


def per_minute(false_alarms: int, times: Iterable[int | None]) -> float | None:
    """Return false alarms per minute of listening.

    None where a stream counts in ranks, which have no minutes, or where nothing was listened to.

    Args:
        false_alarms: of all questions together.
        times: the listening time of each question.
    """
    known: list[int | None] = list(times)
    seconds = [time for time in known if time is not None]
    if len(seconds) < len(known) or not sum(seconds):
        return None
    return false_alarms * _MINUTE / sum(seconds)
