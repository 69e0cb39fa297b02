"""Intervals for accuracies whose questions are not independent: several are asked about the same source video.

`by_source` makes the clusters for everything; `paired` takes them from there for two models on the same questions. Each
video counts as one draw, however many questions it has.
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
    """Right answers and answers per source video, int64 [G] each, in the order in which the videos first appear.

    Of two models on the same questions, `right` is how many more of them one answers right: negative where it is fewer.
    """

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
    """A 95 % interval, within [0, 1] for an accuracy and [-1, 1] for a difference of two, and how it was made."""

    low: float
    high: float
    method: str


def by_source(correct: Sequence[bool], sources: Sequence[str]) -> Clusters:
    """Group answers by source video.

    Args:
        correct: whether each answer is right, [N].
        sources: the source video of each answer, [N].
    """
    return ratio_by_source(correct, [1] * len(correct), sources)


def ratio_by_source(parts: Sequence[int], wholes: Sequence[int], sources: Sequence[str]) -> Clusters:
    """Sum numerators and denominators of a ratio by source video; videos whose denominator is 0 take no part.

    Args:
        parts: what is counted in each row, at most its whole, [N].
        wholes: what it is counted of, [N].
        sources: the source video of each row, [N].
    """
    numbers = {source: number for number, source in enumerate(dict.fromkeys(sources))}
    cluster = np.array([numbers[source] for source in sources], dtype=np.int64)
    # Sums of weights are floats, which hold every whole number that occurs.
    right, sizes = (
        np.bincount(cluster, weights=np.asarray(values, dtype=np.float64), minlength=len(numbers)).astype(np.int64)
        for values in (parts, wholes)
    )
    return Clusters(right=right[sizes > 0], sizes=sizes[sizes > 0])


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
    if not varies(clusters):
        return same_accuracy_interval(clusters)
    if len(clusters) < BOOTSTRAP_FROM:
        return cluster_t_interval(clusters)
    return bootstrap_interval(clusters, seed=seed)


def cluster_t_interval(clusters: Clusters, *, lowest: float = 0.0) -> Interval:
    """Return the cluster-robust interval p +- t(0.975; G - 1) * sqrt(V) with V of `cluster_variance`.

    The G - 1 degrees of freedom are those of Cameron and Miller, A Practitioner's Guide to Cluster-Robust Inference
    (2015), section VI.

    Args:
        clusters: of at least two videos.
        lowest: what the interval is cut to below, 0 for an accuracy and -1 for a difference of two; above it is 1.
    """
    half = t_quantile(clusters, (1 + LEVEL) / 2) * cluster_variance(clusters) ** 0.5
    return Interval(max(lowest, clusters.accuracy - half), min(1.0, clusters.accuracy + half), "cluster-robust t")


def cluster_variance(clusters: Clusters) -> float:
    """Return the linearised variance of an accuracy, or of a difference of two, over at least two videos.

    With n_g answers of which s_g are right in video g, N = sum n_g and p = sum s_g / N, the variance of this ratio is
    V = G / (G - 1) * sum (s_g - p n_g)^2 / N^2: Cochran, Sampling Techniques (1977), chapter 6, which is the
    cluster-robust variance of a mean of Liang and Zeger (1986) with the small-sample factor of Cameron and Miller
    (2015), section VI.
    """
    groups, answers = len(clusters), int(clusters.sizes.sum())
    spread = _residuals(clusters) / answers
    return groups / (groups - 1) * float(np.sum(spread**2)) / answers**2


def t_quantile(clusters: Clusters, share: float) -> float:
    """Return the quantile of Student's t with one degree of freedom fewer than there are videos."""
    from scipy.special import stdtrit

    return float(stdtrit(len(clusters) - 1, share))


def varies(clusters: Clusters) -> bool:
    """Whether videos differ: where they do not, their spread says nothing of how sure a figure is."""
    return bool(_residuals(clusters).any())


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
    low, high = trials_interval(clusters.accuracy, len(clusters), (1 - LEVEL) / 2)
    return Interval(low, high, "cluster Clopper-Pearson")


def trials_interval(share: float, trials: int, tail: float) -> tuple[float, float]:
    """Return the Clopper-Pearson interval of a share of trials; the number of successes need not be whole.

    Args:
        share: of the trials that succeeded.
        trials: how many there were, at least 1.
        tail: probability that is left out on either side.
    """
    from scipy.special import betaincinv

    right = share * trials
    low = float(betaincinv(right, trials - right + 1, tail)) if right > 0 else 0.0
    high = float(betaincinv(right + 1, trials - right, 1 - tail)) if right < trials else 1.0
    return low, high


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
