from __future__ import annotations

import pytest

from vstreamqa.report.figures import mebibytes, milliseconds, percent, percent_with_interval, two_milliseconds


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
    } == {"-"}
