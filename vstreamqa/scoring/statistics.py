"""Intervals for accuracies whose questions are not independent: several are asked about the same source video.

`by_source` makes the clusters for everything. Each video counts as one draw, however many questions it has.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

LEVEL = 0.95
BOOTSTRAP_FROM = 30
"""Number of clusters from which on videos are resampled; below it a percentile bootstrap covers too little."""
RESAMPLES = 10_000

_DRAWS_AT_ONCE = 2_000_000


@dataclass(frozen=True, slots=True)
class Clusters:
    """Right answers and answers per source video, int64 [G] each, in the order in which the videos first appear."""

    right: npt.NDArray[np.int64]
    sizes: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.sizes)

    @property
    def accuracy(self) -> float:
        """Return the share of right answers over all questions (micro average)."""
        return float(self.right.sum() / self.sizes.sum())


@dataclass(frozen=True, slots=True)
class Interval:
    """A 95 % interval within [0, 1], and how it was made."""

    low: float
    high: float
    method: str


def by_source(correct: Sequence[bool], sources: Sequence[str]) -> Clusters:
    """Group answers by source video.

    Args:
        correct: whether each answer is right, [N].
        sources: the source video of each answer, [N].
    """
    numbers = {source: number for number, source in enumerate(dict.fromkeys(sources))}
    cluster = np.array([numbers[source] for source in sources], dtype=np.int64)
    return Clusters(
        right=np.bincount(cluster[np.asarray(correct, dtype=bool)], minlength=len(numbers)),
        sizes=np.bincount(cluster, minlength=len(numbers)),
    )


def ratio_by_source(parts: Sequence[int], wholes: Sequence[int], sources: Sequence[str]) -> Clusters:
    """Sum numerators and denominators of a ratio by source video; videos whose denominator is 0 take no part.

    Args:
        parts: what is counted in each row, at most its whole, [N].
        wholes: what it is counted of, [N].
        sources: the source video of each row, [N].
    """
    sums: dict[str, tuple[int, int]] = {}
    for part, whole, source in zip(parts, wholes, sources, strict=True):
        before = sums.get(source, (0, 0))
        sums[source] = before[0] + part, before[1] + whole
    counted = np.array([both for both in sums.values() if both[1]], dtype=np.int64).reshape(-1, 2)
    return Clusters(right=counted[:, 0], sizes=counted[:, 1])


def accuracy_interval(clusters: Clusters, *, seed: int = 0) -> Interval | None:
    """Return the 95 % interval of an accuracy, or None where fewer than two videos were asked about.

    Where all videos have the same accuracy (all right, all wrong) their spread says nothing, and neither the
    cluster-robust interval nor the bootstrap has any width: `same_accuracy_interval` stands in. Else
    `cluster_t_interval` below `BOOTSTRAP_FROM` videos and `bootstrap_interval` from there on.

    Args:
        clusters: right answers and answers per video.
        seed: of the bootstrap; the same verdicts have the same interval.
    """
    if len(clusters) < 2:
        return None
    if not _residuals(clusters).any():
        return same_accuracy_interval(clusters)
    if len(clusters) < BOOTSTRAP_FROM:
        return cluster_t_interval(clusters)
    return bootstrap_interval(clusters, seed=seed)


def cluster_t_interval(clusters: Clusters) -> Interval:
    """Return the cluster-robust interval p +- t(0.975; G - 1) * sqrt(V), cut to [0, 1].

    With n_g answers of which s_g are right in video g, N = sum n_g and p = sum s_g / N, the linearised variance of
    this ratio is V = G / (G - 1) * sum (s_g - p n_g)^2 / N^2: Cochran, Sampling Techniques (1977), chapter 6, which is
    the cluster-robust variance of a mean of Liang and Zeger (1986) with the small-sample factor and the G - 1
    degrees of freedom of Cameron and Miller, A Practitioner's Guide to Cluster-Robust Inference (2015), section VI.
    """
    from scipy.special import stdtrit

    groups, answers = len(clusters), int(clusters.sizes.sum())
    spread = _residuals(clusters) / answers
    variance = groups / (groups - 1) * float(np.sum(spread**2)) / answers**2
    half = float(stdtrit(groups - 1, (1 + LEVEL) / 2)) * variance**0.5
    return Interval(max(0.0, clusters.accuracy - half), min(1.0, clusters.accuracy + half), "cluster-robust t")


def bootstrap_interval(clusters: Clusters, *, seed: int) -> Interval:
    """Return the percentile interval over `RESAMPLES` resamples of whole videos.

    Davison and Hinkley, Bootstrap Methods and their Application (1997), sections 3.8 and 5.3.
    """
    rng = np.random.default_rng(seed)
    accuracies = np.concatenate([_resampled_accuracies(clusters, count, rng) for count in _batches(len(clusters))])
    low, high = np.quantile(accuracies, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Interval(float(low), float(high), "cluster bootstrap")


def same_accuracy_interval(clusters: Clusters) -> Interval:
    """Return the Clopper-Pearson interval of p from G trials: as if each video had been asked one question.

    The exact binomial interval through the beta distribution, with an effective sample size in place of the number
    of answers (Korn and Graubard, Survey Methodology 24, 1998). The number of videos is the smallest such size that
    the data allow, so the interval errs towards being wide.
    """
    from scipy.special import betaincinv

    groups, tail = len(clusters), (1 - LEVEL) / 2
    right = clusters.accuracy * groups
    low = float(betaincinv(right, groups - right + 1, tail)) if right > 0 else 0.0
    high = float(betaincinv(right + 1, groups - right, 1 - tail)) if right < groups else 1.0
    return Interval(low, high, "cluster Clopper-Pearson")


def _residuals(clusters: Clusters) -> npt.NDArray[np.int64]:
    """Return N * (s_g - p * n_g), which is an integer: whether there is any spread is then no matter of rounding."""
    right, answers = int(clusters.right.sum()), int(clusters.sizes.sum())
    return answers * clusters.right - right * clusters.sizes


def _resampled_accuracies(clusters: Clusters, count: int, rng: np.random.Generator) -> npt.NDArray[np.float64]:
    drawn = rng.integers(len(clusters), size=(count, len(clusters)))
    right, sizes = clusters.right[drawn].sum(axis=1), clusters.sizes[drawn].sum(axis=1)
    return np.asarray(right / sizes, dtype=np.float64)


def _batches(groups: int) -> Iterator[int]:
    """Split the resamples so that a benchmark of thousands of videos needs no more memory than one of thirty."""
    at_once = max(1, _DRAWS_AT_ONCE // groups)
    for done in range(0, RESAMPLES, at_once):
        yield min(at_once, RESAMPLES - done)
