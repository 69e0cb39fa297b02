"""How long to wait before a request is made again."""

from __future__ import annotations

from dataclasses import dataclass

from vstreamqa.serving.failures import Failure

_FIRST_SECONDS = 0.5
_MOST_SECONDS = 8.0
_MOST_ASKED_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Backoff:
    """Waits that double, from half a second to eight; a server that names a time itself is waited for up to a minute.

    Attributes:
        retries: how often a request is made again, 0 for never.
    """

    retries: int

    def seconds(self, failed: int, failure: Failure) -> float | None:
        """Return how long to wait after the `failed`-th failure, 1 the first; None if there is no further try."""
        if failed > self.retries or not failure.again:
            return None
        if failure.wait_seconds is not None:
            return min(failure.wait_seconds, _MOST_ASKED_SECONDS)
        return float(min(_FIRST_SECONDS * 2 ** (failed - 1), _MOST_SECONDS))
