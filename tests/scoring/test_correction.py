from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from scipy import stats
from scored import a_judge_card, a_share

from vstreamqa.scoring.correction import METHOD, Corrected, corrected_accuracy
from vstreamqa.scoring.judge.card import JudgeCard
from vstreamqa.scoring.statistics import by_source, cluster_t_interval, cluster_variance

VIDEOS = ["a"] * 4 + ["b"] * 4 + ["c"] * 2
RIGHT = [True, True, False, True, False, True, False, True, True, False]
JUDGED = [True, True, True, False, True, True, True, False, False, True]


def a_card(positive: float, negative: float, *, n: float = 200, clusters: int = 10) -> JudgeCard:
    return a_judge_card(
        true_positive=a_share(positive, effective_n=n, clusters=clusters),
        true_negative=a_share(negative, effective_n=n, clusters=clusters),
    )


def corrected(right: list[bool], judged: list[bool], sources: list[str], card: JudgeCard) -> Corrected:
    found = corrected_accuracy(right, judged, sources, card)
    assert found is not None
    return found


def test_only_the_judged_rows_are_corrected() -> None:
    # Of 7 judged rows 3 got a yes, of 3 ruled ones all 3.
    share = (3 / 7 + 0.9 - 1) / (0.8 + 0.9 - 1)
    found = corrected(RIGHT, JUDGED, VIDEOS, a_card(0.8, 0.9))
    assert found.value == pytest.approx((3 + 7 * share) / 10)


def test_a_judge_without_errors_changes_nothing() -> None:
    found = corrected(RIGHT, JUDGED, VIDEOS, a_card(1, 1, n=1e9))
    assert found.value == pytest.approx(0.6)
    plain = cluster_t_interval(by_source(RIGHT, VIDEOS))
    assert found.interval is not None
    assert (found.interval.low, found.interval.high) == pytest.approx((plain.low, plain.high), abs=1e-6)


def test_the_interval_is_that_of_the_formula() -> None:
    found = corrected(RIGHT, [True] * 10, VIDEOS, a_card(0.8, 0.9, n=50, clusters=5))
    share = (0.6 + 0.9 - 1) / 0.7
    rows = cluster_variance(by_source(RIGHT, VIDEOS)) / 0.7**2
    shrunk = [(50 * rate + 1) / 52 for rate in (0.8, 0.9)]
    rates = [rate * (1 - rate) / 50 for rate in shrunk]
    parts = [rows, (share / 0.7) ** 2 * rates[0], ((1 - share) / 0.7) ** 2 * rates[1]]
    freedom = sum(parts) ** 2 / (parts[0] ** 2 / 2 + parts[1] ** 2 / 4 + parts[2] ** 2 / 4)
    half = stats.t.ppf(0.975, freedom) * sum(parts) ** 0.5
    assert found.interval is not None
    assert (found.interval.low, found.interval.high) == pytest.approx((max(0, share - half), min(1, share + half)))
    assert found.interval.method == METHOD


def test_a_rate_known_from_few_pairs_widens_the_interval() -> None:
    right = (np.random.default_rng(0).random(300) < 0.6).tolist()
    sources = [str(number % 20) for number in range(300)]
    widths = []
    for n in (10_000, 1000, 20):
        found = corrected(right, [True] * 300, sources, a_card(0.9, 0.9, n=n))
        assert found.interval is not None
        widths.append(found.interval.high - found.interval.low)
    assert widths == sorted(widths)
    assert widths[2] > 1.5 * widths[0]


@pytest.mark.parametrize(("yes", "value"), [(0, 0.0), (10, 1.0)])
def test_a_corrected_accuracy_stays_within_0_and_1(yes: int, value: float) -> None:
    found = corrected([True] * yes + [False] * (10 - yes), [True] * 10, VIDEOS, a_card(0.8, 0.8))
    assert found.value == value
    assert found.interval is not None
    assert 0 <= found.interval.low <= found.interval.high <= 1
    assert found.interval.high > found.interval.low


def test_rows_that_rules_decided_need_no_correction() -> None:
    assert corrected_accuracy(RIGHT, [False] * 10, VIDEOS, a_card(0.8, 0.9)) is None


@pytest.mark.parametrize(("positive", "negative"), [(0.5, 0.5), (1, 0), (0.2, 0.3)])
def test_a_judge_no_better_than_chance_is_said_to_be_one(positive: float, negative: float) -> None:
    found = corrected(RIGHT, JUDGED, VIDEOS, a_card(positive, negative))
    assert (found.value, found.interval) == (None, None)
    assert found.reason is not None
    assert "no better than chance" in found.reason


def test_one_video_has_a_value_and_no_interval() -> None:
    found = corrected(RIGHT, JUDGED, ["a"] * 10, a_card(0.8, 0.9))
    assert found.value is not None
    assert found.interval is None
    unsure = a_judge_card(true_positive=a_share(0.8, effective_n=None), true_negative=a_share(0.9))
    assert corrected(RIGHT, JUDGED, VIDEOS, unsure).interval is None


def test_strict_rules_leave_only_open_golds_to_the_judge() -> None:
    card = a_judge_card(
        true_positive=a_share(0.7),
        true_negative=a_share(0.7),
        open_true_positive=a_share(1.0),
        open_true_negative=a_share(1.0),
    )
    of_open = corrected_accuracy(RIGHT, [True] * 10, VIDEOS, card)
    of_all = corrected_accuracy(RIGHT, [True] * 10, VIDEOS, card, pool="all")
    assert of_open is not None
    assert of_all is not None
    assert of_open.value == pytest.approx(0.6)
    assert of_all.value == pytest.approx((0.6 - 0.3) / 0.4)


def shares(rng: np.random.Generator, rate: float, videos: int) -> npt.NDArray[np.float64]:
    """Draw a rate for every video, with an intraclass correlation of 0.05."""
    return rng.beta(rate * 19, (1 - rate) * 19, size=videos)


@pytest.mark.parametrize(("positive", "negative"), [(0.75, 0.95), (0.97, 0.7)])
def test_the_correction_is_unbiased_and_its_interval_covers(positive: float, negative: float) -> None:
    from vstreamqa.scoring.judge.measuring import share_of

    rng, truth, runs = np.random.default_rng(3), 0.6, 300
    values, hits, raw = [], 0, []
    for _ in range(runs):
        measured = [
            share_of([(bool(hit), str(v)) for v, p in enumerate(shares(rng, rate, 10)) for hit in rng.random(40) < p])
            for rate in (positive, negative)
        ]
        card = a_judge_card(true_positive=measured[0], true_negative=measured[1])
        right, judged, sources = [], [], []
        chances = zip(*(shares(rng, rate, 10) for rate in (truth, positive, negative)), strict=True)
        for video, (accuracy, sees, refuses) in enumerate(chances):
            for _ in range(50):
                is_right, by_judge = rng.random() < accuracy, rng.random() < 0.6
                said = rng.random() < (sees if is_right else 1 - refuses) if by_judge else is_right
                right.append(bool(said))
                judged.append(by_judge)
                sources.append(str(video))
        found = corrected(right, judged, sources, card)
        assert found.value is not None
        assert found.interval is not None
        values.append(found.value)
        raw.append(np.mean(right))
        hits += found.interval.low <= truth <= found.interval.high
    assert np.mean(values) == pytest.approx(truth, abs=0.01)
    assert abs(np.mean(raw) - truth) > 0.01
    assert 0.92 <= hits / runs <= 0.995
