from __future__ import annotations

import pytest

from vstreamqa.scoring.judge import pacing
from vstreamqa.scoring.judge.pacing import Pace, Patience
from vstreamqa.serving.failures import Failure

BUSY = Failure("answered with status 429", again=True, gone=False)
BROKEN = Failure("answered with status 500", again=True, gone=False)


class Clock:
    now = 100.0

    def monotonic(self) -> float:
        self.now += 1e-6
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(pacing, "time", clock)
    return clock


def pace(first: int = 16, most: int = 64, **patience: float) -> Pace:
    return Pace(first=first, most=most, patience=Patience(**patience))  # type: ignore[arg-type]


def replies(paced: Pace, n: int) -> None:
    for _ in range(n):
        paced.replied()


def test_it_doubles_with_every_round_up_to_the_most(clock: Clock) -> None:
    paced = pace()
    assert paced.limit == 16
    replies(paced, 16)
    assert paced.limit == 32
    replies(paced, 500)
    assert paced.limit == 64


def test_a_complaint_halves_it_once_a_round(clock: Clock) -> None:
    paced = pace(first=64)
    asked = clock.monotonic()
    for _ in range(40):
        paced.failed(asked, BUSY, busy=True)
    assert paced.limit == 32
    paced.failed(clock.monotonic(), BUSY, busy=True)
    assert paced.limit == 16


def test_after_a_complaint_it_grows_by_one_a_round(clock: Clock) -> None:
    paced = pace(first=64)
    paced.failed(clock.monotonic(), BUSY, busy=True)
    replies(paced, 32)
    assert 32 <= paced.limit <= 33


def test_after_a_storm_it_is_soon_at_half_of_what_was_too_much(clock: Clock) -> None:
    paced = pace(first=64)
    for _ in range(20):
        paced.failed(clock.monotonic(), BUSY, busy=True)
    assert paced.limit == 1
    replies(paced, 31)
    assert paced.limit == 32
    replies(paced, 31)
    assert paced.limit == 32


def test_a_busy_server_is_left_alone_for_as_long_as_it_asks(clock: Clock) -> None:
    paced = pace()
    paced.failed(clock.monotonic(), Failure("busy", again=True, gone=False, wait_seconds=7.0), busy=True)
    assert 7.0 <= paced.pause() + 1e-3 <= 7.3


def test_waits_without_a_wish_double_and_differ(clock: Clock) -> None:
    patience = Patience()
    waits = [[patience.wait(failed, BROKEN) for _ in range(50)] for failed in (1, 2, 3, 9)]
    for some, most in zip(waits, (0.5, 1.0, 2.0, 8.0), strict=True):
        assert most / 2 <= min(some) < max(some) <= most


def test_one_failure_of_one_case_stops_nobody_else(clock: Clock) -> None:
    paced = pace()
    paced.failed(clock.monotonic(), BROKEN, busy=False)
    assert paced.pause() <= 0


def test_a_server_that_fails_round_after_round_is_gone(clock: Clock) -> None:
    paced = pace(rounds=3)
    assert [paced.failed(clock.monotonic(), BROKEN, busy=False) for _ in range(3)] == [False, False, True]


def test_a_reply_in_between_begins_the_count_anew(clock: Clock) -> None:
    paced = pace(rounds=2)
    for _ in range(5):
        assert not paced.failed(clock.monotonic(), BROKEN, busy=False)
        paced.replied()


def test_a_busy_server_is_not_gone_before_the_storm_has_lasted_long(clock: Clock) -> None:
    paced = pace(rounds=2, storm_seconds=600)
    for _ in range(50):
        assert not paced.failed(clock.monotonic(), BUSY, busy=True)
        clock.now += 10
    clock.now += 200
    assert paced.failed(clock.monotonic(), BUSY, busy=True)
