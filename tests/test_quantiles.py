from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from vstreamqa.quantiles import quantile, quantiles
from vstreamqa.schema import Quantiles

VALUES = st.lists(st.integers(0, 10**9), min_size=1, max_size=60)


def test_no_values_have_no_quantiles() -> None:
    assert quantiles([]) is None


def test_quantiles_of_a_hundred_values_are_the_ranks_of_their_names() -> None:
    assert quantiles(range(100, 0, -1)) == Quantiles(p50=50, p90=90, p95=95, max=100)


@given(VALUES, st.sampled_from([0.5, 0.9, 0.95, 1.0]))
def test_a_quantile_is_the_smallest_value_that_enough_values_do_not_exceed(values: list[int], share: float) -> None:
    value = quantile(sorted(values), share)
    assert value in values
    assert sum(other <= value for other in values) >= share * len(values) - 1e-9
    assert sum(other < value for other in values) < share * len(values)
