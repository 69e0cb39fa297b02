"""What can go wrong with a request, in one line each, and whether it is worth another try.

A request that no server takes any more ends the stream: its open questions become error rows, and the next stream tries
anew. Whatever a server that lives does not like about a request costs that one question.
"""

from __future__ import annotations

from dataclasses import dataclass

import openai

from vstreamqa.errors import VStreamQAError, one_line

_BUSY = (408, 409, 425, 429)
_NOBODY_BEHIND = (502, 503, 504)
"""What a proxy says when the server behind it is gone."""


class ServerGoneError(Exception):
    """Nobody answers any more; ends the stream."""


class RefusedError(VStreamQAError):
    """The server will not answer this question."""


class BrokenOffError(VStreamQAError):
    """The server ended an answer of which a part had been given; it cannot be asked for again."""


class UnfinishedError(Exception):
    """The server's answer ended without saying that it ends."""


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a request came to nothing.

    Attributes:
        reason: a clause.
        again: another try may succeed.
        gone: nobody is there to answer any request.
        wait_seconds: how long the server asks to be left alone, or None.
    """

    reason: str
    again: bool
    gone: bool
    wait_seconds: float | None = None

    def error(self, where: str) -> Exception:
        """Return what to raise when there is no further try."""
        kind = ServerGoneError if self.gone else RefusedError
        return kind(f"{where}: {self.reason}")


def failure_of(error: Exception, *, begun: bool = False) -> Failure:
    """Say what an exception of the SDK, or of the connection below it, means.

    Args:
        error: the exception.
        begun: the server had begun to answer.
    """
    if isinstance(error, openai.APIStatusError):
        return _of_status(error)
    if isinstance(error, openai.APITimeoutError):
        return Failure("no byte within the time limit (--set timeout=SECONDS)", again=True, gone=not begun)
    if isinstance(error, openai.APIConnectionError):
        # Whether a server that broke off is gone for good, the next try will tell.
        what = "broke off" if begun else "cannot be reached"
        return Failure(f"{what} ({one_line(str(error.__cause__ or error))})", again=True, gone=not begun)
    if isinstance(error, openai.APIError):
        # An error event within an answer: the server lives and says what went wrong.
        return Failure(f"broke off: {one_line(error.message)}", again=False, gone=False)
    if isinstance(error, ValueError):
        return Failure(f"sent what cannot be read ({one_line(str(error))})", again=False, gone=False)
    # Older versions of the SDK let a connection that breaks within an answer through as it is.
    return Failure(f"broke off ({one_line(str(error) or type(error).__name__)})", again=True, gone=False)


def _of_status(error: openai.APIStatusError) -> Failure:
    status = error.status_code
    return Failure(
        f"answered with status {status}: {one_line(_message_in(error))}",
        again=status in _BUSY or status >= 500,
        gone=status in _NOBODY_BEHIND,
        wait_seconds=_retry_after(error),
    )


def _message_in(error: openai.APIStatusError) -> str:
    """Return what the server says, without the SDK's repetition of the whole body."""
    body = error.body
    for key in ("message", "detail"):
        if isinstance(body, dict) and isinstance(body.get(key), str):
            return str(body[key])
    return error.message


def _retry_after(error: openai.APIStatusError) -> float | None:
    try:
        seconds = float(error.response.headers.get("retry-after", ""))
    except ValueError:  # absent, or a date
        return None
    return seconds if seconds >= 0 else None
