from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vstreamqa.scoring.agreement import Agreement, agreement


def of_counts(both_right: int, only_first: int, only_second: int, both_wrong: int, *, videos: int = 5) -> Agreement:
    cells = ((True, True), (True, False), (False, True), (False, False))
    couples = [
        cell for cell, n in zip(cells, (both_right, only_first, only_second, both_wrong), strict=True) for _ in range(n)
    ]
    return agreement(
        [one for one, _ in couples], [other for _, other in couples], [str(n % videos) for n in range(len(couples))]
    )


@pytest.mark.parametrize(
    ("counts", "share", "kappa"),
    [
        # 50 grant proposals read by two readers: p_o = 0.7, p_e = 0.5
        ((20, 5, 10, 15), 0.7, 0.4),
        ((45, 15, 25, 15), 0.6, 0.1304),
        ((25, 35, 5, 35), 0.6, 0.2593),
        ((25, 25, 25, 25), 0.5, 0.0),
        ((0, 50, 50, 0), 0.0, -1.0),
    ],
)
def test_kappa_of_a_table(counts: tuple[int, int, int, int], share: float, kappa: float) -> None:
    found = of_counts(*counts)
    assert found.share == pytest.approx(share)
    assert found.kappa == pytest.approx(kappa, abs=5e-5)
    assert (found.both_right, found.only_first, found.only_second, found.both_wrong) == counts
    assert found.n == sum(counts)


def test_who_says_the_same_of_everything_has_no_kappa() -> None:
    found = of_counts(30, 0, 0, 0)
    assert (found.share, found.kappa, found.kappa_interval) == (1.0, None, None)
    assert found.interval is not None


def test_perfect_agreement_has_a_kappa_and_no_certainty() -> None:
    found = of_counts(20, 0, 0, 10)
    assert (found.kappa, found.kappa_interval) == (1.0, None)
    assert found.interval is not None
    assert found.interval.low < 1


def test_nothing_to_compare_has_no_figures() -> None:
    found = agreement([], [], [])
    assert (found.n, found.share, found.kappa, found.interval, found.kappa_interval) == (0, None, None, None, None)


def test_one_video_has_no_interval() -> None:
    found = of_counts(20, 5, 10, 15, videos=1)
    assert (found.clusters, found.interval, found.kappa_interval) == (1, None, None)


def test_the_jackknife_leaves_out_one_video_at_a_time() -> None:
    first = [True, True, False, True, False, False, True, True, False]
    second = [True, False, False, True, False, True, True, True, False]
    sources = ["a"] * 4 + ["b"] * 3 + ["c"] * 2
    found = agreement(first, second, sources)
    left = []
    for video in "abc":
        rest = [place for place, source in enumerate(sources) if source != video]
        kappa = agreement([first[p] for p in rest], [second[p] for p in rest], [sources[p] for p in rest]).kappa
        assert kappa is not None
        left.append(kappa)
    half = 4.302653 * (2 / 3 * np.sum((np.array(left) - np.mean(left)) ** 2)) ** 0.5
    assert found.kappa_interval is not None
    assert found.kappa is not None
    assert found.kappa_interval.low == pytest.approx(max(-1, found.kappa - half))
    assert found.kappa_interval.high == pytest.approx(min(1, found.kappa + half))
    assert found.kappa_interval.method == "cluster jackknife t"


def raters(rng: np.random.Generator, videos: int, answers: int) -> tuple[list[bool], list[bool], list[str]]:
    """Two raters, the second of whom errs in every video at another rate."""
    truth, errs = rng.beta(6, 4, size=videos), rng.beta(2, 18, size=videos)
    first = rng.random((videos, answers)) < truth[:, None]
    second = first ^ (rng.random((videos, answers)) < errs[:, None])
    return first.ravel().tolist(), second.ravel().tolist(), np.repeat(np.arange(videos).astype(str), answers).tolist()


@pytest.mark.parametrize(("videos", "answers", "runs"), [(10, 60, 200), (40, 20, 60)])
def test_the_interval_of_kappa_covers(videos: int, answers: int, runs: int) -> None:
    rng = np.random.default_rng(5)
    truth = agreement(*raters(rng, 2000, 50)).kappa
    assert truth is not None
    hits = 0
    for _ in range(runs):
        made = agreement(*raters(rng, videos, answers)).kappa_interval
        assert made is not None
        hits += made.low <= truth <= made.high
    assert hits / runs >= 0.88


@given(st.lists(st.tuples(st.booleans(), st.booleans(), st.sampled_from("abcd")), min_size=1, max_size=40))
def test_raters_are_treated_alike(rows: list[tuple[bool, bool, str]]) -> None:
    first, second, sources = ([row[place] for row in rows] for place in range(3))
    one, other = agreement(first, second, sources), agreement(second, first, sources)  # type: ignore[arg-type]
    assert (one.n, one.share, one.kappa) == (other.n, other.share, other.kappa)
    assert (one.only_first, one.only_second) == (other.only_second, other.only_first)
