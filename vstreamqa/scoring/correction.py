"""Accuracy corrected for the error rates of the judge, as its card gives them.

Rows that a rule decided stay as they are; the share of yes among the judged ones is corrected.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from vstreamqa.scoring.judge.card import JudgeCard, Share
from vstreamqa.scoring.statistics import LEVEL, Interval, by_source

METHOD = "Rogan-Gladen, cluster-robust delta t"

Pool = Literal["open", "all"]


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
    """Correct an accuracy for the judge's error rates; None where no row was judged: there is nothing to correct.

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
        card: of that judge.
        pool: `open` for the rates on golds without a polarity, which is what strict rules leave to a judge; `all`
            where the judge was also asked about yes and no.
    """
    if not any(judged):
        return None
    positive, negative = rates(card, pool)
    if positive.value is None or negative.value is None:
        return Corrected(None, reason="its card has no rates for such questions")
    informed = positive.value + negative.value - 1
    if informed <= 0:
        return Corrected(
            None,
            reason=f"by its card the judge is no better than chance (true positives {positive.value:.1%}, "
            f"true negatives {negative.value:.1%})",
        )
    weight = sum(judged) / len(judged)
    yes = sum(verdict for verdict, by_judge in zip(right, judged, strict=True) if by_judge) / sum(judged)
    share = (yes + negative.value - 1) / informed
    ruled = sum(verdict for verdict, by_judge in zip(right, judged, strict=True) if not by_judge) / len(judged)
    value = ruled + weight * min(1.0, max(0.0, share))
    return Corrected(value, _interval(right, judged, sources, positive, negative, value, share))


def rates(card: JudgeCard, pool: Pool) -> tuple[Share, Share]:
    """Return the true-positive and the true-negative rate that a correction rests on.

    Those over all golds stand in where the card's suite has no open one.
    """
    if pool == "open" and card.open_true_positive.n and card.open_true_negative.n:
        return card.open_true_positive, card.open_true_negative
    return card.true_positive, card.true_negative


def _interval(
    right: Sequence[bool],
    judged: Sequence[bool],
    sources: Sequence[str],
    positive: Share,
    negative: Share,
    value: float,
    share: float,
) -> Interval | None:
    from scipy.special import stdtrit

    rows = _row_variance(right, judged, sources, positive, negative)
    if rows is None or positive.effective_n is None or negative.effective_n is None:
        return None
    informed = (positive.value or 0.0) + (negative.value or 0.0) - 1
    weight = sum(judged) / len(judged)
    parts = [
        rows,
        ((weight * share / informed) ** 2 * _rate_variance(positive), positive.clusters - 1),
        ((weight * (1 - share) / informed) ** 2 * _rate_variance(negative), negative.clusters - 1),
    ]
    variance = sum(part for part, _ in parts)
    freedom = variance**2 / sum(part**2 / degrees for part, degrees in parts)
    half = float(stdtrit(freedom, (1 + LEVEL) / 2)) * variance**0.5
    return Interval(max(0.0, value - half), min(1.0, value + half), METHOD)


def _row_variance(
    right: Sequence[bool], judged: Sequence[bool], sources: Sequence[str], positive: Share, negative: Share
) -> tuple[float, int] | None:
    """Return the clustered variance of the corrected accuracy if the rates were known, and its degrees of freedom.

    Corrected row by row, a verdict y is (y + b - 1) / (a + b - 1), whose mean is the corrected accuracy. Where all
    videos are alike the variance is that of as many draws as there are videos, as for the rates.
    """
    assert positive.value is not None
    assert negative.value is not None
    informed = positive.value + negative.value - 1
    by_rule = by_source([one and not by for one, by in zip(right, judged, strict=True)], sources)
    by_judge = by_source([one and by for one, by in zip(right, judged, strict=True)], sources)
    asked = by_source(judged, sources)
    groups, rows = len(asked), len(right)
    if groups < 2:
        return None
    sums = by_rule.right + (by_judge.right + asked.right * (negative.value - 1)) / informed
    residuals = sums - sums.sum() / rows * asked.sizes
    variance = groups / (groups - 1) * float(np.sum(residuals**2)) / rows**2
    plain = by_source(right, sources).accuracy
    alike = (plain * groups + 1) / (groups + 2)
    floor = alike * (1 - alike) / groups if np.allclose(residuals, 0) else 0.0
    return max(variance, floor / informed**2), groups - 1


def _rate_variance(rate: Share) -> float:
    assert rate.effective_n is not None
    assert rate.value is not None
    shrunk = (rate.effective_n * rate.value + 1) / (rate.effective_n + 2)
    return shrunk * (1 - shrunk) / rate.effective_n
