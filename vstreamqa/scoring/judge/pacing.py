"""How many requests are in flight, and when there is no use in further ones.

Additive increase, multiplicative decrease, as TCP has it (RFC 5681), with its slow start: the number of requests
doubles with every round of replies up to half of what the server last complained about, and grows by one a round from
there; a complaint halves it. Complaints about requests that were under way when it was last halved are of the same
round, and count once.
"""

from __future__ import annotations

import random
import time
from dataclasses import dataclass

from vstreamqa.serving.failures import Failure
from vstreamqa.serving.retrying import Backoff


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long failures are borne.

    Attributes:
        tries: how often one case is asked about, unless the server says that it is busy (status 429), which is no fault
            of the case.
        rounds: after how many failing rounds without one reply in between the server counts as gone.
        storm_seconds: how long a server may say of everything that it is busy.
        scale: of every wait.
    """

    tries: int = 6
    rounds: int = 6
    storm_seconds: float = 900.0
    scale: float = 1.0

    def wait(self, failed: int, failure: Failure) -> float:
        """Return how long to wait after a number of failures in a row, seconds, with jitter."""
        seconds = Backoff(max(failed, 1)).seconds(failed, failure) or 0.0
        if failure.wait_seconds is not None:
            return seconds + self.scale * random.uniform(0.0, 0.25)  # noqa: S311 - jitter
        return self.scale * seconds * random.uniform(0.5, 1.0)  # noqa: S311


class Pace:
    """The state of one server, as its replies tell it."""

    def __init__(self, *, first: int, most: int, patience: Patience) -> None:
        """Begin with `first` requests in flight, and never have more than `most`."""
        self.patience = patience
        self._limit = float(min(first, most))
        self._most = most
        self._threshold = float(most)
        self._complained = -1.0
        self._rounds = 0
        self._broken = 0
        self._well = time.monotonic()
        self._resume = 0.0

    @property
    def limit(self) -> int:
        """How many requests may be in flight now."""
        return int(self._limit)

    def pause(self) -> float:
        """Return for how many seconds nothing should be asked."""
        return self._resume - time.monotonic()

    def replied(self) -> None:
        """Take note of a reply."""
        self._rounds = self._broken = 0
        self._well = time.monotonic()
        step = 1.0 if self._limit < self._threshold else 1.0 / self._limit
        self._limit = min(self._most, self._limit + step)

    def failed(self, asked: float, failure: Failure, *, busy: bool) -> bool:
        """Take note of a failure that another try may mend.

        Args:
            asked: when it was asked (`time.monotonic`).
            failure: what happened.
            busy: the server says that it has too much to do.

        Returns:
            Whether the server counts as gone.
        """
        if asked < self._complained:
            return False
        now = time.monotonic()
        self._complained = now
        self._rounds += 1
        self._broken = 0 if busy else self._broken + 1
        if self._rounds == 1:
            self._threshold = max(1.0, self._limit / 2)
        self._limit = max(1.0, self._limit / 2)
        if busy or failure.gone or self._rounds > 1:
            self._resume = max(self._resume, now + self.patience.wait(self._rounds, failure))
        if busy:
            return now - self._well > self.patience.storm_seconds
        return self._broken >= self.patience.rounds
