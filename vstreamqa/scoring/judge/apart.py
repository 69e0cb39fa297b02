"""Running a coroutine in a thread of its own, so that it runs whether or not the caller has an event loop."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import suppress
from queue import SimpleQueue
from typing import Any, Generic, TypeVar

T = TypeVar("T")

_GATHER_SECONDS = 0.01
"""What comes within that is handed over together: to wake the other thread for each costs a tenth of a request."""


def yielded(work: Callable[[Callable[[T], None]], Coroutine[Any, Any, None]]) -> Iterator[T]:
    """Yield what a coroutine hands out, as it does; closing the iterator cancels it and waits for its end.

    Args:
        work: makes the coroutine, given what it hands things out with.
    """
    apart = _Apart(work)
    thread = threading.Thread(target=apart.run, name="vstreamqa-judge", daemon=True)
    thread.start()
    try:
        while (items := apart.batches.get()) is not None:
            yield from items
        if apart.error is not None:
            raise apart.error
    finally:
        apart.cancel()
        thread.join()


def returned(work: Coroutine[Any, Any, T]) -> T:
    """Return what a coroutine returns."""

    async def hand_out(put: Callable[[T], None]) -> None:
        put(await work)

    (result,) = yielded(hand_out)
    return result


class _Apart(Generic[T]):
    """What the two threads share; `batches` ends with None, and then `error` says what went wrong, if anything did."""

    def __init__(self, work: Callable[[Callable[[T], None]], Coroutine[Any, Any, None]]) -> None:
        self.batches: SimpleQueue[list[T] | None] = SimpleQueue()
        self.error: BaseException | None = None
        self._work = work
        self._begun: SimpleQueue[tuple[asyncio.AbstractEventLoop, asyncio.Task[Any]]] = SimpleQueue()
        self._gathered: list[T] = []

    def run(self) -> None:
        """Run the coroutine to its end."""
        try:
            asyncio.run(self._main())
        except BaseException as raised:  # whatever it is, it belongs to who takes the items
            self.error = raised
        self._hand_over()
        self.batches.put(None)

    def cancel(self) -> None:
        """Cancel the coroutine, from the other thread."""
        loop, task = self._begun.get()
        with suppress(RuntimeError):  # it has ended already
            loop.call_soon_threadsafe(task.cancel)

    async def _main(self) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._begun.put((asyncio.get_running_loop(), task))
        await self._work(self._put)

    def _put(self, item: T) -> None:
        if not self._gathered:
            asyncio.get_running_loop().call_later(_GATHER_SECONDS, self._hand_over)
        self._gathered.append(item)

    def _hand_over(self) -> None:
        if self._gathered:
            self.batches.put(self._gathered)
            self._gathered = []
