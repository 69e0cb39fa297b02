from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vstreamqa.scoring.speaking.pauc import Reply, pauc

# Figure 3 of the paper: what is said at these seconds is scored 0, 1, 2 and 2; the span is from 311 to 360 s.
EXAMPLE = [Reply(312, 0), Reply(328, 1), Reply(344, 2), Reply(352, 2)]


def test_the_papers_worked_example() -> None:
    assert pauc(311, 360, EXAMPLE, omega=0) == 48.5 / 98
    assert round(pauc(311, 360, EXAMPLE, omega=0), 2) == 0.49


def test_omega_shifts_replies_towards_the_start_and_at_one_only_the_last_score_counts() -> None:
    # At one half, replies lie at 311.5, 319.5, 327.5 and 331.5 s.
    assert pauc(311, 360, EXAMPLE) == pytest.approx((0.5 * 0.5 + 8 * 1 + 32.5 * 2) / 98)
    assert pauc(311, 360, EXAMPLE, omega=1) == 1.0


@pytest.mark.parametrize("omega", [0, 0.5, 1])
def test_silence_is_worth_a_quarter(omega: float) -> None:
    assert pauc(3, 10, [], omega=omega) == 0.25


def test_a_wrong_reply_is_worth_less_than_silence_and_a_right_one_at_once_everything() -> None:
    assert pauc(0, 10, [Reply(5, 0)], omega=0) == 0.125
    assert pauc(0, 10, [Reply(0, 2)], omega=0) == 1.0


@given(times=st.lists(st.integers(0, 100), max_size=6), omega=st.floats(0, 1), data=st.data())
def test_it_lies_between_nothing_and_everything(times: list[int], omega: float, data: st.DataObject) -> None:
    replies = [Reply(time, data.draw(st.integers(0, 2))) for time in sorted(times)]
    assert 0 <= pauc(0, 100, replies, omega=omega) <= 1 + 1e-9


@pytest.mark.parametrize(
    ("start", "end", "replies"), [(5, 5, []), (0, 9, [Reply(10, 1)]), (0, 9, [Reply(3, 1), Reply(2, 1)])]
)
def test_what_is_no_span_or_lies_outside_is_refused(start: int, end: int, replies: list[Reply]) -> None:
    with pytest.raises(ValueError, match=r"span|replies"):
        pauc(start, end, replies)
