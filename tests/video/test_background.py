from __future__ import annotations

import threading
import time
from collections.abc import Callable, Generator
from functools import partial
from itertools import count

import pytest

from vstreamqa.video.background import Background, Stopped


def counting(stopped: Stopped) -> Generator[int]:
    yield from count()


def reached(made: list[int], count: int) -> bool:
    return len(made) == count


def settle(condition: Callable[[], bool], *, tries: int = 200) -> None:
    for _ in range(tries):
        if condition():
            return
        time.sleep(0.01)
    pytest.fail("the thread did not come to it")


def test_items_arrive_in_order_and_end() -> None:
    background = Background(lambda _: (number for number in range(5)), ahead=2)
    assert [background.get() for _ in range(5)] == [0, 1, 2, 3, 4]
    for _ in range(2):
        with pytest.raises(StopIteration):
            background.get()


def test_the_producer_works_no_further_ahead_than_allowed() -> None:
    made = []

    def produce(stopped: Stopped) -> Generator[int]:
        for number in count():
            made.append(number)
            yield number

    background = Background(produce, ahead=3)
    taken = [background.get() for _ in range(4)]
    settle(lambda: len(made) == 7)
    time.sleep(0.05)
    assert taken == [0, 1, 2, 3]
    assert len(made) == 7
    background.close()


def test_an_error_comes_after_the_items_made_before_it() -> None:
    def produce(stopped: Stopped) -> Generator[int]:
        yield 1
        yield 2
        raise ValueError("broken")

    background = Background(produce, ahead=8)
    assert [background.get(), background.get()] == [1, 2]
    with pytest.raises(ValueError, match="broken"):
        background.get()
    with pytest.raises(StopIteration):
        background.get()


def test_closing_ends_a_producer_that_waits_for_room_and_closes_its_generator() -> None:
    closed = threading.Event()

    def produce(stopped: Stopped) -> Generator[int]:
        try:
            yield from count()
        finally:
            closed.set()

    background = Background(produce, ahead=2)
    background.get()
    background.close()
    assert closed.is_set()
    with pytest.raises(StopIteration):
        background.get()


def test_closing_ends_a_producer_that_works_long_without_an_item() -> None:
    started = threading.Event()

    def produce(stopped: Stopped) -> Generator[int]:
        yield 0
        started.set()
        while not stopped():
            time.sleep(0.001)

    before = threading.active_count()
    background = Background(produce, ahead=1)
    background.get()
    started.wait(5)
    background.close()
    assert threading.active_count() == before


def test_no_thread_starts_before_the_first_item_is_asked_for() -> None:
    before = threading.active_count()
    background = Background(counting, ahead=1)
    assert threading.active_count() == before
    background.close()
    with pytest.raises(StopIteration):
        background.get()


def test_waiting_for_the_consumer_is_not_work(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0
    made: list[int] = []

    def produce(stopped: Stopped) -> Generator[int]:
        nonlocal now
        for number in count():
            now += 7
            made.append(number)
            yield number

    monkeypatch.setattr("vstreamqa.video.background.time.perf_counter_ns", lambda: now)
    background = Background(produce, ahead=1)
    for ahead in range(2, 5):
        background.get()
        settle(partial(reached, made, ahead))
        time.sleep(0.02)
        now += 1_000_000
    background.close()
    assert background.busy_ns == 7 * 4
