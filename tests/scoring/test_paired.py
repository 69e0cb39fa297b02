from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from vstreamqa.scoring.paired import Difference, paired_difference
from vstreamqa.scoring.signflip import sign_flip_p, smallest_p

ANSWERS = st.lists(
    st.tuples(st.booleans(), st.booleans(), st.sampled_from("abcdef")), min_size=1, max_size=60
)  # right by the first, by the second, and the video


def compared(answers: list[tuple[bool, bool, str]]) -> Difference:
    return paired_difference([a for a, _, _ in answers], [b for _, b, _ in answers], [video for _, _, video in answers])


def changing(net: list[int], sizes: list[int]) -> list[tuple[bool, bool, str]]:
    """In every video as many questions change sides as `net` says, and both are right on the others."""
    return [
        (place >= -d if d < 0 else True, place >= d if d > 0 else True, f"v{video}")
        for video, (d, size) in enumerate(zip(net, sizes, strict=True))
        for place in range(size)
    ]


def test_the_difference_is_that_of_the_two_accuracies_over_all_questions() -> None:
    made = compared(changing([3, -1, 0, 2], [10, 4, 6, 5]))
    assert made.difference == pytest.approx(4 / 25)
    assert (made.n, made.clusters, made.only_first, made.only_second) == (25, 4, 5, 1)


def test_below_thirty_videos_the_interval_is_cluster_robust_with_one_degree_of_freedom_a_video_less_one() -> None:
    net, sizes = np.array([3, -1, 0, 2]), np.array([10, 4, 6, 5])
    made = compared(changing(net.tolist(), sizes.tolist()))
    error = (4 / 3 * np.sum((net - 4 / 25 * sizes) ** 2)) ** 0.5 / 25
    half = stats.t.ppf(0.975, 3) * error
    assert made.interval is not None
    assert (made.interval.low, made.interval.high) == pytest.approx((4 / 25 - half, 4 / 25 + half))
    assert made.interval.method == "cluster-robust t"


def test_with_one_question_a_video_it_is_the_paired_t_interval() -> None:
    first, second = [1, 1, 1, 0, 1, 1, 0, 1], [0, 1, 0, 0, 1, 0, 1, 0]
    made = paired_difference([bool(x) for x in first], [bool(x) for x in second], [f"v{n}" for n in range(8)])
    known = stats.ttest_rel(first, second).confidence_interval(0.95)
    assert made.interval is not None
    assert (made.interval.low, made.interval.high) == pytest.approx((known.low, known.high))


def test_from_thirty_videos_on_videos_are_resampled_the_same_way_every_time() -> None:
    answers = changing([2, -1, 0] * 10, [6, 5, 9] * 10)
    made = compared(answers)
    assert made.interval is not None
    assert made.interval.method == "cluster bootstrap"
    assert made.interval.low < made.difference < made.interval.high
    assert made == compared(answers)
    assert compared(changing([2, -1, 0] * 9 + [2, -1], [6, 5, 9] * 9 + [6, 5])).interval != made.interval


def test_the_p_value_counts_the_signs_that_lie_as_far_from_nothing() -> None:
    # Sums of +-3 +-1 +-2 are -6, -4, -2, 0, 0, 2, 4, 6: four of eight are at least 4 away from 0.
    made = compared(changing([3, -1, 2], [10, 10, 10]))
    assert made.p_value == pytest.approx(4 / 8)
    assert made.test == "exact sign-flip over videos"
    assert made.smallest_p == pytest.approx(2 / 8)


def test_all_videos_on_one_side_give_the_smallest_p_value_there_is() -> None:
    made = compared(changing([1, 4, 2, 9, 1, 1], [10] * 6))
    assert made.p_value == made.smallest_p == pytest.approx(2 / 64)


def test_videos_in_which_nothing_changes_sides_add_nothing_to_the_test() -> None:
    made = compared(changing([1, 1, 2, 1, *[0] * 20], [10] * 24))
    assert (made.clusters, made.clusters_apart) == (24, 4)
    assert made.p_value == smallest_p(4) == pytest.approx(2 / 16)
    assert made.smallest_p == smallest_p(24)


@given(st.lists(st.integers(-9, 9), min_size=2, max_size=10))
def test_the_p_value_is_that_of_all_signs_written_out(net: list[int]) -> None:
    flipped = [np.dot(signs, net) for signs in product((1, -1), repeat=len(net))]
    known = np.mean([abs(one) >= abs(sum(net)) for one in flipped])
    assert sign_flip_p(np.array(net)) == pytest.approx(known)


def test_the_p_value_stays_exact_where_signs_cannot_be_written_out() -> None:
    # With one question in each of 100 videos the test is the two-sided sign test.
    net = np.array([1] * 62 + [-1] * 38 + [0] * 50)
    assert sign_flip_p(net) == pytest.approx(stats.binomtest(62, 100).pvalue)


def test_the_smallest_detectable_difference_is_the_sum_of_two_quantiles_in_standard_errors() -> None:
    made = compared(changing([3, -1, 0, 2], [10, 4, 6, 5]))
    assert made.interval is not None
    assert made.minimal_detectable is not None
    error = (made.interval.high - made.difference) / stats.t.ppf(0.975, 3)
    assert made.minimal_detectable == pytest.approx((stats.t.ppf(0.975, 3) + stats.t.ppf(0.8, 3)) * error)


def test_a_single_video_tells_the_difference_and_nothing_of_its_certainty() -> None:
    made = compared(changing([3], [10]))
    assert made.difference == pytest.approx(0.3)
    assert (made.interval, made.p_value, made.test, made.smallest_p, made.minimal_detectable) == (None,) * 5


def test_no_question_changing_sides_is_no_certainty() -> None:
    made = compared(changing([0] * 10, [5] * 10))
    assert (made.difference, made.p_value, made.minimal_detectable) == (0.0, 1.0, None)
    bound = stats.beta.ppf(1 - 0.0125, 1, 10)
    assert made.interval is not None
    assert (made.interval.low, made.interval.high) == pytest.approx((-bound, bound))
    assert made.interval.method == "cluster Clopper-Pearson, Bonferroni"


def test_the_same_difference_in_all_videos_is_no_certainty_either() -> None:
    few, many = compared(changing([5] * 4, [5] * 4)), compared(changing([5] * 12, [5] * 12))
    assert few.interval is not None
    assert many.interval is not None
    assert few.difference == few.interval.high == 1.0
    assert few.interval.low < 0 < many.interval.low < 1


@pytest.mark.parametrize("count", [0, 2])
def test_what_is_no_pair_is_refused(count: int) -> None:
    with pytest.raises(ValueError, match="cannot be paired"):
        paired_difference([True] * count, [True] * count, ["v"] * (count // 2))


@given(ANSWERS)
def test_swapping_the_two_turns_everything_around(answers: list[tuple[bool, bool, str]]) -> None:
    made = compared(answers)
    turned = compared([(b, a, video) for a, b, video in answers])
    assert turned.difference == pytest.approx(-made.difference)
    assert turned.p_value == made.p_value
    assert turned.minimal_detectable == made.minimal_detectable
    assert (turned.only_first, turned.only_second) == (made.only_second, made.only_first)
    if made.interval is not None and turned.interval is not None:
        assert (-turned.interval.high, -turned.interval.low) == pytest.approx((made.interval.low, made.interval.high))


@given(ANSWERS)
def test_an_interval_has_width_and_lies_around_the_difference(answers: list[tuple[bool, bool, str]]) -> None:
    made = compared(answers)
    if made.interval is not None:
        assert -1 <= made.interval.low <= made.difference + 1e-12
        assert made.difference - 1e-12 <= made.interval.high <= 1
        assert made.interval.low < made.interval.high
