from __future__ import annotations

import pytest

from vstreamqa.report.figures import (
    mebibytes,
    milliseconds,
    p_value,
    percent,
    percent_with_interval,
    points,
    points_with_interval,
    two_milliseconds,
)


def test_accuracies_are_percentages_with_one_decimal() -> None:
    assert percent_with_interval(0.5731, (0.51, 0.6364)) == "57.3 [51.0, 63.6]"
    assert percent_with_interval(0.5, None) == "50.0"
    assert percent(0.0) == "0.0"


@pytest.mark.parametrize(
    ("duration", "text"),
    [(1_234_567_890, "1,235"), (12_345_678, "12"), (1_234_567, "1.23"), (5_000, "0.01"), (0, "0.00")],
)
def test_durations_are_milliseconds(duration: int, text: str) -> None:
    assert milliseconds(duration) == text


def test_sizes_are_mebibytes() -> None:
    assert mebibytes(3 << 30) == "3,072 MiB"


def test_what_does_not_exist_is_a_dash() -> None:
    assert {
        percent(None),
        percent_with_interval(None, None),
        milliseconds(None),
        two_milliseconds(None, None),
        mebibytes(None),
        points(None),
        points_with_interval(None, None),
        p_value(None),
    } == {"-"}


def test_differences_are_points_with_a_sign() -> None:
    assert points_with_interval(0.0312, (-0.01, 0.0724)) == "+3.1 [-1.0, +7.2]"
    assert points_with_interval(-0.5, None) == points(-0.5) == "-50.0"


def test_no_p_value_is_printed_as_none_at_all() -> None:
    assert (p_value(0.0312), p_value(1.0), p_value(0.0001)) == ("0.031", "1.000", "< 0.001")
