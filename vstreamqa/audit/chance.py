"""What a check says by chance: a thousand honest runs should raise no alarm."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence

SURELY = 1e-4
"""How likely an outcome may be by chance that counts as a fault."""


def by_chance(times: int, n: int, share: float) -> float:
    """Return how likely it is that something of a share happens `times` times or more in n (binomial tail)."""
    from scipy.special import bdtrc

    return 1.0 if times <= 0 else float(bdtrc(times - 1, n, min(max(share, 0.0), 1.0)))


def chance_of_agreeing(first: Sequence[Hashable], second: Sequence[Hashable]) -> float:
    """Return the share of equal answers that two answerers have who know nothing of each other or of the question.

    The sum over all answers of the product of their shares, as in Cohen's kappa (Educational and Psychological
    Measurement 20, 1960).
    """
    mine, other = Counter(first), Counter(second)
    return sum(mine[answer] * other[answer] for answer in mine) / (len(first) * len(second))
