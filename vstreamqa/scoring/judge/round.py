"""A round of questions to a judge's server: as many in flight as it bears, each until it has an opinion."""

from __future__ import annotations

import asyncio
import random
import time
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from vstreamqa.scoring.judge.asking import Trouble
from vstreamqa.scoring.judge.base import Case, Opinion
from vstreamqa.scoring.judge.pacing import Pace

Ask = Callable[[Case], Awaitable[Opinion]]
"""Makes one request; raises what the SDK raises."""
_STAGGER_SECONDS = 0.05


@dataclass(slots=True)
class _Open:
    """A case without an opinion; `due` is when it may be asked about again."""

    place: int
    case: Case
    failed: int = 0
    due: float = 0.0


class Round:
    """Asks about cases; one's failure ends no other, except where none can fare better."""

    def __init__(
        self,
        cases: Sequence[Case],
        *,
        ask: Ask,
        meaning: Callable[[Exception], Trouble],
        line: Callable[[str], str],
        pace: Pace,
        put: Callable[[tuple[int, Opinion]], None],
    ) -> None:
        """Take the cases.

        Args:
            cases: what to ask about.
            ask: makes one request.
            meaning: what an exception of it means.
            line: makes a readable line of a reason.
            pace: the state of the server.
            put: takes the place of a case and the opinion on it.
        """
        self._open = deque(_Open(place, case) for place, case in enumerate(cases))
        self._ask = ask
        self._meaning = meaning
        self._line = line
        self._pace = pace
        self._put = put
        self._tasks: set[asyncio.Task[None]] = set()
        self._over: str | None = None
        self._ended = asyncio.Event()

    async def run(self) -> None:
        """Ask about all of them."""
        self._add_workers()
        try:
            while self._tasks:
                done, _ = await asyncio.wait(self._tasks, return_when=asyncio.FIRST_COMPLETED)
                self._tasks -= done
                for task in done:
                    task.result()
                self._add_workers()
        finally:
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    def _add_workers(self) -> None:
        wanted = min(self._pace.limit, len(self._tasks) + len(self._open))
        for _ in range(wanted - len(self._tasks)):
            self._tasks.add(asyncio.create_task(self._work()))

    async def _work(self) -> None:
        while self._open and len(self._tasks) <= self._pace.limit:
            one = self._open.popleft()
            await self._wait_for(one)
            if self._over is not None:
                self._give(one, Opinion(correct=None, error=self._over))
            else:
                await self._attempt(one)

    async def _wait_for(self, one: _Open) -> None:
        while self._over is None and (wait := max(self._pace.pause(), one.due - time.monotonic())) > 0:
            # Not all at once after a pause.
            wait += random.uniform(0.0, _STAGGER_SECONDS)  # noqa: S311
            with suppress(TimeoutError):
                await asyncio.wait_for(self._ended.wait(), wait)

    async def _attempt(self, one: _Open) -> None:
        asked = time.monotonic()
        try:
            opinion = await self._ask(one.case)
        except Exception as error:
            self._failed(one, asked, error)
        else:
            self._pace.replied()
            self._give(one, opinion)
            self._add_workers()

    def _failed(self, one: _Open, asked: float, error: Exception) -> None:
        trouble = self._meaning(error)
        reason = self._line(trouble.failure.reason)
        if trouble.for_all:
            self._end(reason)
        elif trouble.failure.again:
            gone = self._pace.failed(asked, trouble.failure, busy=trouble.busy)
            one.failed += not trouble.busy
            if gone:
                self._end(f"given up, nothing else came for a while: {reason}")
            elif one.failed < self._pace.patience.tries:
                one.due = time.monotonic() + self._pace.patience.wait(one.failed, trouble.failure)
                self._open.append(one)
                return
        self._give(one, Opinion(correct=None, error=reason))

    def _end(self, reason: str) -> None:
        self._over = reason
        self._ended.set()

    def _give(self, one: _Open, opinion: Opinion) -> None:
        self._put((one.place, opinion))
