"""Two models, or two arms of one, on the same questions: how far apart they are, and what could be told apart at all.

Questions are compared in pairs, so what is hard for both cancels; the videos are the clusters, as everywhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from vstreamqa.scoring.signflip import TEST, sign_flip_p, smallest_p
from vstreamqa.scoring.statistics import (
    BOOTSTRAP_FROM,
    LEVEL,
    Clusters,
    Interval,
    bootstrap_interval,
    by_source,
    cluster_t_interval,
    cluster_variance,
    t_quantile,
    trials_interval,
    varies,
)

POWER = 0.8
"""Of the smallest difference that counts as detectable."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """How much more often one model is right than another on the same questions.

    Attributes:
        difference: accuracy of the first minus that of the second (micro average), -1 to 1.
        interval: at 95 %; None where fewer than two videos were asked about.
        p_value: that the two are interchangeable within every video; None where fewer than two were asked about.
        test: what made the p-value; None with it.
        smallest_p: the least p-value that this number of videos allows, whatever the answers; None with it.
        minimal_detectable: `minimal_detectable` of these questions; None where no spread between videos is seen.
        n: questions.
        clusters: source videos.
        clusters_apart: those of them in which one is right more often than the other.
        only_first: questions that the first alone answers right.
        only_second: questions that the second alone answers right.
    """

    difference: float
    interval: Interval | None
    p_value: float | None
    test: str | None
    smallest_p: float | None
    minimal_detectable: float | None
    n: int
    clusters: int
    clusters_apart: int
    only_first: int
    only_second: int


def paired_difference(
    right_a: Sequence[bool], right_b: Sequence[bool], sources: Sequence[str], *, seed: int = 0
) -> Difference:
    """Compare two models on the same questions.

    The difference is a ratio of sums over videos as an accuracy is, and its interval is made in the same way:
    cluster-robust t(G - 1) below `BOOTSTRAP_FROM` videos, a bootstrap over videos from there on. Where all videos
    have the same difference, as when no question changes sides, `_same_difference_interval` stands in.

    Args:
        right_a: whether the first is right, [N].
        right_b: whether the second is, on the same questions in the same order, [N].
        sources: the source video of each question, [N].
        seed: of the bootstrap; the same answers have the same interval.

    Raises:
        ValueError: there is no question, or the lengths differ.
    """
    if not sources or not len(right_a) == len(right_b) == len(sources):
        raise ValueError(f"{len(right_a)} and {len(right_b)} answers to {len(sources)} questions cannot be paired")
    first = by_source([a and not b for a, b in zip(right_a, right_b, strict=True)], sources)
    second = by_source([b and not a for a, b in zip(right_a, right_b, strict=True)], sources)
    net = Clusters(first.right - second.right, first.sizes)
    several = len(net) > 1
    return Difference(
        difference=net.accuracy,
        interval=_interval(net, first.accuracy, second.accuracy, seed) if several else None,
        p_value=sign_flip_p(net.right) if several else None,
        test=TEST if several else None,
        smallest_p=smallest_p(len(net)) if several else None,
        minimal_detectable=minimal_detectable(net),
        n=len(sources),
        clusters=len(net),
        clusters_apart=int(np.count_nonzero(net.right)),
        only_first=int(first.right.sum()),
        only_second=int(second.right.sum()),
    )


def minimal_detectable(net: Clusters) -> float | None:
    """Return the true difference that a two-sided test at 5 % on such videos would find with a power of 80 %.

    (t(0.975; G - 1) + t(0.8; G - 1)) * sqrt(V), with the cluster variance V of the difference that was seen: Bloom,
    Minimum Detectable Effects, Evaluation Review 19 (1995), pages 547 to 556; for clusters, Duflo, Glennerster and
    Kremer, Using Randomization in Development Economics Research (2007), section 4.2. None where V says nothing:
    fewer than two videos, or the same difference in all of them.
    """
    if len(net) < 2 or not varies(net):
        return None
    factor = t_quantile(net, (1 + LEVEL) / 2) + t_quantile(net, POWER)
    return float(factor * np.sqrt(cluster_variance(net)))


def _interval(net: Clusters, only_first: float, only_second: float, seed: int) -> Interval:
    if not varies(net):
        return _same_difference_interval(len(net), only_first, only_second)
    if len(net) < BOOTSTRAP_FROM:
        return cluster_t_interval(net, lowest=-1.0)
    return bootstrap_interval(net, seed=seed)


def _same_difference_interval(groups: int, only_first: float, only_second: float) -> Interval:
    """Return the interval of a difference that is the same in all videos: as if each had been asked one question.

    Both shares of questions that change sides get their Clopper-Pearson interval from G trials, each with half of the
    probability that may be left out (Bonferroni): the difference then lies between the extremes of the two.
    """
    tail = (1 - LEVEL) / 4
    low_first, high_first = trials_interval(only_first, groups, tail)
    low_second, high_second = trials_interval(only_second, groups, tail)
    return Interval(
        max(-1.0, low_first - high_second), min(1.0, high_first - low_second), "cluster Clopper-Pearson, Bonferroni"
    )
