"""PAUC, the proactive area under curve of ProactiveVideoQA (arXiv 2507.09313, section 3).

In the span in which a reply is expected, a judge scores after every reply how well all replies of the span so far meet
the gold: 0, 1 or 2. Before the first reply the score is 0.5, since saying nothing is better than being wrong; after
each it is the judge's. PAUC is the area under these steps over the largest possible area. The weight omega shifts
replies towards the span's start before that: 0 leaves them where they are, at 1 only the last score counts.

Two things are to be known of it. Silence is worth 0.25. And replies outside of every span cost nothing, so that who
speaks all the time loses nothing by it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from vstreamqa.schema import Value

DEFAULT_OMEGA = 0.5
HIGHEST = 2
SILENT = 0.5
"""Score before anything was said."""


@dataclass(frozen=True, slots=True)
class Reply:
    """One reply within a span.

    Attributes:
        time: when it came, on the source axis.
        score: how well all replies of the span up to it meet the gold, 0 to `HIGHEST`.
    """

    time: Value
    score: float


def pauc(start: Value, end: Value, replies: Sequence[Reply], *, omega: float = DEFAULT_OMEGA) -> float:
    """Return the PAUC of one span, from 0 to 1 (equation 1; its denominator has q for t, a misprint).

    Args:
        start: of the span.
        end: of the span, behind its start.
        replies: those that came within the span, in time order; none is silence.
        omega: from 0 (timing counts fully) to 1 (it does not count).

    Raises:
        ValueError: the span is empty, a reply lies outside of it, or they are not in time order.
    """
    times = [reply.time for reply in replies]
    if not start < end:
        raise ValueError(f"the span from {start} to {end} is empty")
    if times != sorted(times) or any(not start <= time <= end for time in times):
        raise ValueError(f"replies at {times}: not in time order within {start} to {end}")
    moved = [start + (1 - omega) * (time - start) for time in times]
    scores = [SILENT, *(reply.score for reply in replies)]
    steps = zip([start, *moved], [*moved, end], scores, strict=True)
    area = sum((until - since) * score for since, until, score in steps)
    return float(area / ((end - start) * HIGHEST))
