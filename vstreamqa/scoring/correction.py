"""Accuracy corrected for the error rates of the judge, as its card gives them.

Rows that a rule decided stay as they are; the share of yes among the judged ones is corrected.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isnan, nan
from typing import Literal

import numpy as np
import numpy.typing as npt

from vstreamqa.scoring.judge.card import JudgeCard, Share
from vstreamqa.scoring.statistics import LEVEL, Interval, by_source

METHOD = "Rogan-Gladen, cluster-robust delta t"

Pool = Literal["open", "all"]
Counts = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Corrected:
    """A corrected accuracy.

    Attributes:
        value: from 0 to 1; None where the card does not allow one, and `reason` says why.
        interval: at 95 %; None where fewer than two videos were asked about, by the run or by the card.
        reason: why there is no value; None if there is one.
    """

    value: float | None
    interval: Interval | None = None
    reason: str | None = None


def corrected_accuracy(
    right: Sequence[bool],
    judged: Sequence[bool],
    sources: Sequence[str],
    card: JudgeCard,
    *,
    pool: Pool = "open",
) -> Corrected | None:
    """Correct an accuracy by the card of the judge; None where no row was judged: there is nothing to correct.

    Args:
        right: the verdicts, [N].
        judged: whether a judge gave them, and not a rule, [N].
        sources: the source video of each row, [N].
        card: of that judge.
        pool: `open` for the rates on golds without a polarity, which is what strict rules leave to a judge; `all`
            where the judge was also asked about yes and no.
    """
    return corrected_by_rates(right, judged, sources, *rates(card, pool))


def rates(card: JudgeCard, pool: Pool) -> tuple[Share, Share]:
    """Return the true-positive and the true-negative rate that a correction rests on.

    Those over all golds stand in where the card's suite has no open one.
    """
    if pool == "open" and card.open_true_positive.n and card.open_true_negative.n:
        return card.open_true_positive, card.open_true_negative
    return card.true_positive, card.true_negative


def corrected_by_rates(
    right: Sequence[bool], judged: Sequence[bool], sources: Sequence[str], positive: Share, negative: Share
) -> Corrected | None:
    """Correct an accuracy for a judge's error rates; None where no row was judged.

    With the share p of yes among the n judged rows of N, the judge's true-positive rate a and true-negative rate b,
    and R rows that a rule found right, q = (p + b - 1) / (a + b - 1) estimates the share of the judged that are right
    (Rogan and Gladen, American Journal of Epidemiology 107, 1978) and (R + n q) / N the accuracy, q cut to [0, 1].

    The interval adds three variances by the delta method (Rogan and Gladen give it for independent draws): that of
    the rows, linearised and clustered by video as in `statistics.cluster_variance`, and those of a and b, with
    dq/da = -q / (a + b - 1) and dq/db = (1 - q) / (a + b - 1). A rate that was 1 in every pair is not certain: its
    variance is that of (n a + 1) / (n + 2), with the card's effective sample size n (Lang and Reiczigel, Preventive
    Veterinary Medicine 113, 2014). The degrees of freedom are Satterthwaite's, from G - 1 of each part, so few videos
    on either side widen it. The parts count as independent; that the card's rates hold for the answers of a model,
    which nobody constructed, is assumed and cannot be seen from here.

    Args:
        right: the verdicts, [N].
        judged: whether a judge gave them, and not a rule, [N].
        sources: the source video of each row, [N].
        positive: the judge's true-positive rate.
        negative: its true-negative rate.
    """
    if not any(judged):
        return None
    if positive.value is None or negative.value is None:
        return Corrected(None, reason="the judge's card has no rates for such questions")
    informed = positive.value + negative.value - 1
    if informed <= 0:
        return Corrected(
            None,
            reason=f"by its card the judge is no better than chance (true positives {positive.value:.1%}, "
            f"true negatives {negative.value:.1%})",
        )
    rows = _Rows.of(right, judged, sources)
    share = (rows.yes.sum() / rows.judged.sum() + negative.value - 1) / informed
    ruled, weight = rows.ruled.sum() / rows.sizes.sum(), rows.judged.sum() / rows.sizes.sum()
    value = float(ruled + weight * np.clip(share, 0, 1))
    parts = [
        (rows.variance(negative.value, informed), len(rows.sizes) - 1),
        ((weight * share / informed) ** 2 * _rate_variance(positive), positive.clusters - 1),
        ((weight * (1 - share) / informed) ** 2 * _rate_variance(negative), negative.clusters - 1),
    ]
    return Corrected(value, _interval(value, parts))


@dataclass(frozen=True, slots=True)
class _Rows:
    """Counts per source video, int64 [G] each: right by a rule, yes of the judge, judged, and all."""

    ruled: Counts
    yes: Counts
    judged: Counts
    sizes: Counts

    @classmethod
    def of(cls, right: Sequence[bool], judged: Sequence[bool], sources: Sequence[str]) -> _Rows:
        both = list(zip(right, judged, strict=True))
        asked = by_source(judged, sources)
        return cls(
            ruled=by_source([one and not by_judge for one, by_judge in both], sources).right,
            yes=by_source([one and by_judge for one, by_judge in both], sources).right,
            judged=asked.right,
            sizes=asked.sizes,
        )

    def variance(self, negative: float, informed: float) -> float:
        """Return the clustered variance of the corrected accuracy if the rates were known; NaN for one video.

        Corrected row by row, a verdict y is (y + b - 1) / (a + b - 1), whose mean is the corrected accuracy. Where all
        videos are alike the variance is that of as many draws as there are videos, as for the rates.
        """
        groups, answers = len(self.sizes), self.sizes.sum()
        if groups < 2:
            return nan
        sums = self.ruled + (self.yes + self.judged * (negative - 1)) / informed
        residuals = sums - sums.sum() / answers * self.sizes
        if np.allclose(residuals, 0):
            return _shrunk_variance(float((self.ruled + self.yes).sum() / answers), groups) / informed**2
        return float(groups / (groups - 1) * np.sum(residuals**2) / answers**2)


def _rate_variance(rate: Share) -> float:
    """Return the variance of a rate, NaN where its pairs are of one video."""
    if rate.value is None or rate.effective_n is None:
        return nan
    return _shrunk_variance(rate.value, rate.effective_n)


def _shrunk_variance(share: float, n: float) -> float:
    shrunk = (n * share + 1) / (n + 2)
    return shrunk * (1 - shrunk) / n


def _interval(value: float, parts: Sequence[tuple[float, int]]) -> Interval | None:
    """Return the interval of a value whose variance is a sum of parts, each with its degrees of freedom."""
    from scipy.special import stdtrit

    variance = sum(part for part, _ in parts)
    if isnan(variance):
        return None
    freedom = variance**2 / sum(part**2 / degrees for part, degrees in parts)
    half = float(stdtrit(freedom, (1 + LEVEL) / 2)) * variance**0.5
    return Interval(max(0.0, value - half), min(1.0, value + half), METHOD)
