"""Running a coroutine in a thread of its own, so that it runs whether or not the caller has an event loop."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import suppress
from queue import SimpleQueue
from typing import Any, TypeVar

T = TypeVar("T")


class _End:
    """Comes last, with what went wrong."""

    def __init__(self, error: BaseException | None) -> None:
        self.error = error


def yielded(work: Callable[[Callable[[T], None]], Coroutine[Any, Any, None]]) -> Iterator[T]:
    """Yield what a coroutine hands out, as it does; closing the iterator cancels it and waits for its end.

    Args:
        work: makes the coroutine, given what it hands things out with.
    """
    items: SimpleQueue[T | _End] = SimpleQueue()
    begun: SimpleQueue[tuple[asyncio.AbstractEventLoop, asyncio.Task[Any]]] = SimpleQueue()
    thread = threading.Thread(target=_run, args=(work, items, begun), name="vstreamqa-judge", daemon=True)
    thread.start()
    try:
        while not isinstance(item := items.get(), _End):
            yield item
        if item.error is not None:
            raise item.error
    finally:
        loop, task = begun.get()
        with suppress(RuntimeError):  # it has ended already
            loop.call_soon_threadsafe(task.cancel)
        thread.join()


def returned(work: Coroutine[Any, Any, T]) -> T:
    """Return what a coroutine returns."""

    async def hand_out(put: Callable[[T], None]) -> None:
        put(await work)

    (result,) = yielded(hand_out)
    return result


def _run(
    work: Callable[[Callable[[T], None]], Coroutine[Any, Any, None]],
    items: SimpleQueue[T | _End],
    begun: SimpleQueue[tuple[asyncio.AbstractEventLoop, asyncio.Task[Any]]],
) -> None:
    async def main() -> None:
        task = asyncio.current_task()
        assert task is not None
        begun.put((asyncio.get_running_loop(), task))
        await work(items.put)

    error: BaseException | None = None
    try:
        asyncio.run(main())
    except BaseException as raised:  # whatever it is, it belongs to who takes the items
        error = raised
    items.put(_End(error))
