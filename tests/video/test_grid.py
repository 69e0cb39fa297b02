from __future__ import annotations

from fractions import Fraction
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vstreamqa.errors import UserError
from vstreamqa.video.grid import Grid, Shown, exact_rate, on_grid

times = st.lists(st.integers(0, 400), min_size=1, max_size=30)
rates = st.sampled_from([0.5, 1.0, 2.0, 23.976, 29.97, 30.0, 1e8, 7e7])


@given(times, st.integers(0, 300), st.integers(1, 60), st.integers(0, 100))
def test_a_grid_time_gets_the_last_picture_not_after_it(stamps: list[int], start: int, step: int, lasting: int) -> None:
    stamps = [0, *stamps]
    shown_from = [max(stamps[: index + 1]) for index in range(len(stamps))]
    end = max(stamps) + lasting
    grid = range(start, 600, step)
    pictures = [Shown(stamp, number) for number, stamp in enumerate(stamps)]

    chosen = list(on_grid([*pictures, Shown(end, None)], grid))

    expected = []
    for time in grid:
        if time < end:
            number = max(index for index, stamp in enumerate(shown_from) if stamp <= time)
            expected.append((time, shown_from[number], number))
    assert chosen == expected


def test_no_picture_beyond_the_one_that_settles_the_last_grid_time_is_asked_for() -> None:
    source = iter([Shown(0, "a"), Shown(10, "b"), Shown(20, "c"), Shown(30, "d")])
    assert list(on_grid(source, [0, 5])) == [(0, 0, "a"), (5, 0, "a")]
    assert next(source) == Shown(20, "c")


@given(rates, st.integers(0, 10**12))
def test_grid_times_are_exact_decimals_floored(fps: float, start: int) -> None:
    grid = Grid(start, exact_rate(fps))
    exact = [start + k * 10**9 * 1000 // round(fps * 1000) for k in range(50)]
    assert list(islice(grid, 50)) == exact


def test_a_rate_is_the_decimal_that_was_written() -> None:
    assert exact_rate(29.97) == Fraction(2997, 100)
    assert next(islice(Grid(0, exact_rate(29.97)), 2997, None)) == 100 * 10**9


def test_the_end_belongs_to_the_grid() -> None:
    assert list(Grid(5, Fraction(2), 1_000_000_005)) == [5, 500_000_005, 1_000_000_005]
    assert list(Grid(5, Fraction(2), 1_000_000_004)) == [5, 500_000_005]


@given(rates, st.integers(0, 1000), st.integers(-10, 3 * 10**9))
def test_the_first_grid_time_from_a_time_is_found_without_walking(fps: float, start: int, time: int) -> None:
    fps = min(fps, 30.0)
    grid = Grid(start, exact_rate(fps), 2 * 10**9)
    assert grid.first_from(time) == next((position for position in grid if position >= time), None)


@pytest.mark.parametrize("fps", [0.0, -1.0, float("nan"), float("inf")])
def test_a_rate_must_be_positive(fps: float) -> None:
    with pytest.raises(UserError, match="positive"):
        exact_rate(fps)
