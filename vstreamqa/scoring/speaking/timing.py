"""Precision, recall and F1 of a set of questions, as ratios of sums with intervals over source videos."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from vstreamqa.scoring.statistics import Interval, accuracy_interval, ratio_by_source


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Counts of one question.

    Attributes:
        source_id: the source video, the cluster of statistics.
        events: what was to be said.
        said: utterances.
        hits: events that were told, each by an utterance of its own.
    """

    source_id: str
    events: int
    said: int
    hits: int


@dataclass(frozen=True, slots=True)
class F1:
    """An F1, and its interval where there is one."""

    value: float
    interval: Interval | None
    clusters: int


def precision(tallies: Iterable[Tally]) -> float | None:
    """Return the share of utterances that told an event, None where nothing was said."""
    counted = list(tallies)
    return _ratio(sum(one.hits for one in counted), sum(one.said for one in counted))


def recall(tallies: Iterable[Tally]) -> float | None:
    """Return the share of events that were told, None where there was none."""
    counted = list(tallies)
    return _ratio(sum(one.hits for one in counted), sum(one.events for one in counted))


def f1(tallies: Sequence[Tally]) -> F1 | None:
    """Return 2 * hits / (utterances + events), the harmonic mean of precision and recall, over all questions together.

    It is 0 for who never speaks, and None where there was nothing to be said and nothing was. As a ratio of two sums
    over source videos, each of which is a part of the other, it has the interval of an accuracy
    (`accuracy_interval`): the linearised variance of a ratio with t(G - 1) below 30 videos, Cochran, Sampling
    Techniques (1977), chapter 6; from there on a bootstrap over videos.
    """
    parts = [2 * one.hits for one in tallies]
    wholes = [one.said + one.events for one in tallies]
    clusters = ratio_by_source(parts, wholes, [one.source_id for one in tallies])
    if not len(clusters):
        return None
    return F1(clusters.accuracy, accuracy_interval(clusters), len(clusters))


def _ratio(part: int, whole: int) -> float | None:
    return part / whole if whole else None
