"""Nearest-rank quantiles, the only kind used here: a quantile is always a value that was measured."""

from __future__ import annotations

from collections.abc import Sequence

from vstreamqa.schema import Quantiles


def quantile(ordered: Sequence[int], share: float) -> int:
    """Return the nearest-rank quantile: the ceil(share * n)-th of n >= 1 values in ascending order."""
    rank = -int(-share * len(ordered) // 1)
    return ordered[max(rank, 1) - 1]


def quantiles(values: Sequence[int]) -> Quantiles | None:
    """Return p50, p90, p95 and the maximum of durations in nanoseconds, or None if there are none."""
    if not values:
        return None
    ordered = sorted(values)
    return Quantiles(
        p50=quantile(ordered, 0.50), p90=quantile(ordered, 0.90), p95=quantile(ordered, 0.95), max=ordered[-1]
    )
