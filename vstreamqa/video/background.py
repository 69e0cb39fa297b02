"""A thread that works ahead of its consumer by a bounded number of items."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Generator
from typing import Generic, TypeVar

T = TypeVar("T")
Stopped = Callable[[], bool]
"""Asks whether the consumer has gone; a producer that works long between two items asks now and then."""
Producer = Callable[[Stopped], Generator[T]]


class Background(Generic[T]):
    """Runs a generator in a thread, at most `ahead` items before the consumer.

    The thread starts with the first `get`. An error of the producer reaches the consumer after the items made
    before it.
    """

    def __init__(self, produce: Producer[T], ahead: int) -> None:
        if ahead < 1:
            raise ValueError(f"ahead must be at least 1, not {ahead}")
        self._produce = produce
        self._ahead = ahead
        self._items: deque[T] = deque()
        self._changed = threading.Condition()
        self._stopped = threading.Event()
        self._finished = False
        self._error: BaseException | None = None
        self._thread: threading.Thread | None = None
        self.busy_ns = 0

    def get(self) -> T:
        """Return the next item; raise the producer's error in its turn, StopIteration at the end or once closed."""
        if self._thread is None and not self._stopped.is_set():
            self._thread = threading.Thread(target=self._run, name="frames", daemon=True)
            self._thread.start()
        with self._changed:
            self._changed.wait_for(lambda: self._items or self._finished or self._stopped.is_set())
            if self._items and not self._stopped.is_set():
                item = self._items.popleft()
                self._changed.notify_all()
                return item
            error, self._error = self._error, None
        if error is not None and not self._stopped.is_set():
            raise error
        raise StopIteration

    def stop(self) -> None:
        """Tell the thread to end, without waiting for it."""
        self._stopped.set()
        with self._changed:
            self._items.clear()
            self._changed.notify_all()

    def close(self) -> None:
        """Tell the thread to end and wait until it has."""
        self.stop()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        items = self._produce(self._stopped.is_set)
        try:
            while self._has_room() and self._make_one(items):
                pass
        except BaseException as error:  # raised again where the consumer is
            self._error = error
        finally:
            items.close()
            with self._changed:
                self._finished = True
                self._changed.notify_all()

    def _has_room(self) -> bool:
        with self._changed:
            self._changed.wait_for(lambda: len(self._items) < self._ahead or self._stopped.is_set())
        return not self._stopped.is_set()

    def _make_one(self, items: Generator[T]) -> bool:
        began = time.perf_counter_ns()
        try:
            item = next(items)
        except StopIteration:
            return False
        finally:
            self.busy_ns += time.perf_counter_ns() - began
        with self._changed:
            if not self._stopped.is_set():
                self._items.append(item)
            self._changed.notify_all()
        return True
