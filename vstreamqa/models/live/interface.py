"""What a server that keeps a session per stream must be able to do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol


class ConnectionLostError(Exception):
    """The server is not there any more, or does not know the session; another connection may help."""


class LiveConnection(Protocol):
    """One stream's session on a server."""

    def push(self, jpeg: bytes) -> None:
        """Send the next frame; it need not have been taken in when this returns.

        Raises:
            ConnectionLostError: it cannot be sent.
        """
        ...

    def query(self, text: str) -> Iterator[str]:
        """Ask about what the server holds, every frame pushed before included; give the answer as it comes.

        Raises:
            ConnectionLostError: the answer broke off.
            RefusedError: the server will not answer this question.
        """
        ...

    def close(self) -> None:
        """Leave the session, and an answer that is under way; raises nothing."""
        ...


class LiveServer(Protocol):
    """A server of such sessions."""

    @property
    def where(self) -> str:
        """What it is called in messages: its URL."""
        ...

    @property
    def retained(self) -> int | None:
        """How many frames, the newest, an answer can depend on; None if it may be any of them."""
        ...

    def connect(self, *, max_tokens: int, preface: str | None) -> LiveConnection:
        """Begin a session nothing of which has been seen.

        Args:
            max_tokens: longest answer.
            preface: what goes before every question.

        Raises:
            ConnectionLostError: nobody answers.
        """
        ...
