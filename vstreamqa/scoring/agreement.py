"""How far two raters agree on the same answers: judges, rules, or people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from vstreamqa.scoring.statistics import (
    BOOTSTRAP_FROM,
    LEVEL,
    RESAMPLES,
    Interval,
    accuracy_interval,
    by_source,
)

Tables = npt.NDArray[np.int64]
"""Counts [..., 4] of both right, only the first, only the second, both wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """The verdicts of two raters on the same answers.

    Attributes:
        n: answers that both have judged.
        share: raw agreement, of those with the same verdict; None where there is none.
        both_right: answers that both call right.
        only_first: answers that the first alone calls right.
        only_second: answers that the second alone calls right.
        both_wrong: answers that both call wrong.
        interval: of the raw agreement, at 95 %; None where fewer than two videos were asked about.
        kappa: Cohen's; None where both raters say the same of everything, or there is nothing.
        kappa_interval: at 95 %; None where it is not defined, or videos do not differ.
        clusters: source videos.
    """

    n: int
    share: float | None
    both_right: int
    only_first: int
    only_second: int
    both_wrong: int
    interval: Interval | None
    kappa: float | None
    kappa_interval: Interval | None
    clusters: int


def agreement(first: Sequence[bool], second: Sequence[bool], sources: Sequence[str], *, seed: int = 0) -> Agreement:
    """Compare two raters on the same answers.

    Args:
        first: verdicts of the first, [N].
        second: verdicts of the second on the same answers in the same order, [N].
        sources: the source video of each answer, [N].
        seed: of the bootstrap.

    Raises:
        ValueError: the lengths differ.
    """
    couples = list(zip(first, second, strict=True))
    tables = _tables(couples, sources)
    both_right, only_first, only_second, both_wrong = (int(count) for count in tables.sum(axis=0))
    kappa = float(_kappa(tables.sum(axis=0)))
    return Agreement(
        n=len(couples),
        share=(both_right + both_wrong) / len(couples) if couples else None,
        both_right=both_right,
        only_first=only_first,
        only_second=only_second,
        both_wrong=both_wrong,
        interval=accuracy_interval(by_source([one == other for one, other in couples], sources), seed=seed),
        kappa=None if np.isnan(kappa) else kappa,
        kappa_interval=_kappa_interval(tables, kappa, seed),
        clusters=len(tables),
    )


def _tables(couples: Sequence[tuple[bool, bool]], sources: Sequence[str]) -> Tables:
    cells = ((True, True), (True, False), (False, True), (False, False))
    return np.stack([by_source([couple == cell for couple in couples], sources).right for cell in cells], axis=-1)


def _kappa(tables: Tables) -> npt.NDArray[np.float64]:
    """Return (p_o - p_e) / (1 - p_e) of counts [..., 4], NaN where p_e is 1.

    Cohen, A Coefficient of Agreement for Nominal Scales, Educational and Psychological Measurement 20 (1960): p_o is
    the share of equal verdicts, p_e the one that two raters with these shares of yes would reach by chance.
    """
    both_right, only_first, only_second, both_wrong = np.moveaxis(tables.astype(np.float64), -1, 0)
    first, second, answers = both_right + only_first, both_right + only_second, tables.sum(axis=-1)
    by_chance = first * second + (answers - first) * (answers - second)
    with np.errstate(divide="ignore", invalid="ignore"):
        kappa = ((both_right + both_wrong) * answers - by_chance) / (answers * answers - by_chance)
    return np.asarray(np.where(answers * answers == by_chance, np.nan, kappa), dtype=np.float64)


def _kappa_interval(tables: Tables, kappa: float, seed: int) -> Interval | None:
    """Return the 95 % interval of kappa over videos: a jackknife below `BOOTSTRAP_FROM` of them, else a bootstrap."""
    if len(tables) < 2 or np.isnan(kappa):
        return None
    return _jackknife(tables, kappa) if len(tables) < BOOTSTRAP_FROM else _bootstrap(tables, seed)


def _jackknife(tables: Tables, kappa: float) -> Interval | None:
    """Return kappa +- t(0.975; G - 1) * sqrt((G - 1) / G * sum (k_g - mean k)^2), k_g without video g.

    Wolter, Introduction to Variance Estimation (2007), chapter 4, with whole videos as the groups that are left out.
    """
    from scipy.special import stdtrit

    groups = len(tables)
    left_out = _kappa(tables.sum(axis=0) - tables)
    if np.isnan(left_out).any() or np.ptp(left_out) == 0:
        return None
    variance = (groups - 1) / groups * float(np.sum((left_out - left_out.mean()) ** 2))
    half = float(stdtrit(groups - 1, (1 + LEVEL) / 2)) * variance**0.5
    return Interval(max(-1.0, kappa - half), min(1.0, kappa + half), "cluster jackknife t")


def _bootstrap(tables: Tables, seed: int) -> Interval | None:
    """Return the percentile interval over resamples of whole videos; None if kappa is undefined in any of them."""
    rng = np.random.default_rng(seed)
    groups = len(tables)
    shares = np.full(groups, 1 / groups)
    # In parts, so that thousands of videos need little memory.
    kappas = np.concatenate([_kappa(rng.multinomial(groups, shares, size=RESAMPLES // 20) @ tables) for _ in range(20)])
    if np.isnan(kappas).any() or np.ptp(kappas) == 0:
        return None
    low, high = np.quantile(kappas, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Interval(float(low), float(high), "cluster bootstrap")
