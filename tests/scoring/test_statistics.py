from __future__ import annotations

from math import inf

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from vstreamqa.scoring.statistics import Clusters, Interval, accuracy_interval, by_source, cluster_t_interval


def clusters(right: list[int], sizes: list[int]) -> Clusters:
    return Clusters(np.array(right, dtype=np.int64), np.array(sizes, dtype=np.int64))


def interval(right: list[int], sizes: list[int], *, seed: int = 0) -> Interval:
    made = accuracy_interval(clusters(right, sizes), seed=seed)
    assert made is not None
    return made


COUNTS = st.lists(
    st.integers(1, 20).flatmap(lambda size: st.tuples(st.integers(0, size), st.just(size))), min_size=2, max_size=45
)


def test_answers_are_grouped_by_their_source_video() -> None:
    made = by_source([True, False, True, True], ["v", "w", "v", "u"])
    assert (made.right.tolist(), made.sizes.tolist(), len(made), made.accuracy) == ([2, 0, 1], [2, 1, 1], 3, 0.75)


def test_no_single_video_has_an_interval() -> None:
    assert accuracy_interval(clusters([3], [5])) is None
    assert accuracy_interval(by_source([], [])) is None


def test_with_one_question_a_video_the_interval_is_students() -> None:
    right = [1] * 7 + [0] * 5
    low, high = stats.t.interval(0.95, 11, loc=np.mean(right), scale=stats.sem(right))
    made = interval(right, [1] * 12)
    assert (made.low, made.high) == pytest.approx((low, high))
    assert made.method == "cluster-robust t"


def test_the_interval_of_unequal_videos_is_that_of_the_formula() -> None:
    made = cluster_t_interval(clusters([52, 48, 50, 51], [100, 100, 100, 99]))
    residuals = np.array([52, 48, 50, 51]) - 201 / 399 * np.array([100, 100, 100, 99])
    half = stats.t.ppf(0.975, 3) * (4 / 3 * np.sum(residuals**2)) ** 0.5 / 399
    assert (made.low, made.high) == pytest.approx((201 / 399 - half, 201 / 399 + half))


def test_an_interval_stays_within_0_and_1() -> None:
    made = cluster_t_interval(clusters([1, 5], [5, 5]))
    assert (made.low, made.high) == (0, 1)


def test_questions_about_the_same_video_count_as_little_as_they_tell() -> None:
    apart, together = interval([1] * 10 + [0] * 10, [1] * 20), interval([10] * 10 + [0] * 10, [10] * 20)
    assert (apart.low, apart.high) == pytest.approx((together.low, together.high))


@pytest.mark.parametrize("count", [2, 10, 40])
def test_all_right_or_all_wrong_is_no_certainty(count: int) -> None:
    right, wrong = interval([5] * count, [5] * count), interval([0] * count, [5] * count)
    exact = stats.binomtest(count, count).proportion_ci(0.95, method="exact")
    assert (right.low, right.high) == pytest.approx((exact.low, 1.0))
    assert (wrong.low, wrong.high) == pytest.approx((0.0, 1 - exact.low))
    assert right.method == wrong.method == "cluster Clopper-Pearson"


def test_videos_of_equal_accuracy_are_no_certainty_either() -> None:
    made = interval([1, 2, 3, 4], [2, 4, 6, 8])
    exact = stats.binomtest(2, 4).proportion_ci(0.95, method="exact")
    assert (made.low, made.high) == pytest.approx((exact.low, exact.high))


def test_from_thirty_videos_on_videos_are_resampled() -> None:
    right, sizes = [1, 4, 6] * 10, [5, 6, 17] * 10
    assert interval(right[:-1], sizes[:-1]).method == "cluster-robust t"
    made = interval(right, sizes)
    assert made.method == "cluster bootstrap"
    robust = cluster_t_interval(clusters(right, sizes))
    assert (made.low, made.high) == pytest.approx((robust.low, robust.high), abs=0.02)
    assert made == interval(right, sizes)
    assert made != interval(right, sizes, seed=1)


def test_thousands_of_videos_are_resampled_in_batches() -> None:
    right = [1, 0, 1] * 1000
    made = interval(right, [1] * 3000)
    assert (made.low, made.high) == pytest.approx((2 / 3 - 1.96 * 0.0086, 2 / 3 + 1.96 * 0.0086), abs=0.002)


@given(COUNTS)
def test_an_interval_has_width_and_lies_around_the_accuracy(counts: list[tuple[int, int]]) -> None:
    right, sizes = [right for right, _ in counts], [size for _, size in counts]
    accuracy = sum(right) / sum(sizes)
    made = interval(right, sizes)
    assert 0 <= made.low <= accuracy + 1e-12
    assert accuracy - 1e-12 <= made.high <= 1
    assert made.high > made.low


@given(COUNTS.filter(lambda counts: len(counts) < 30))
def test_right_and_wrong_are_treated_alike(counts: list[tuple[int, int]]) -> None:
    sizes = [size for _, size in counts]
    made = interval([right for right, _ in counts], sizes)
    mirrored = interval([size - right for right, size in counts], sizes)
    assert (1 - mirrored.high, 1 - mirrored.low) == pytest.approx((made.low, made.high), abs=1e-9)


def coverage(sizes: npt.NDArray[np.int64], *, runs: int) -> float:
    """Share of 95 % intervals that hold the truth, with videos of very different difficulty (beta(3, 2))."""
    rng = np.random.default_rng(20)
    truth = 0.6
    hits = 0
    for _ in range(runs):
        right = rng.binomial(sizes, rng.beta(3, 2, size=len(sizes)))
        made = accuracy_interval(Clusters(right.astype(np.int64), sizes)) or Interval(-inf, -inf, "")
        hits += made.low <= truth <= made.high
    return hits / runs


def test_the_interval_covers_what_it_claims_on_few_unequal_videos() -> None:
    sizes = np.array([90, 110, 120, 130, 140, 150, 160, 170, 190, 205], dtype=np.int64)
    assert 0.91 <= coverage(sizes, runs=1000) <= 0.98


def test_the_bootstrap_covers_what_it_claims_on_many_videos() -> None:
    assert 0.89 <= coverage(np.arange(5, 45, dtype=np.int64), runs=200) <= 0.99
