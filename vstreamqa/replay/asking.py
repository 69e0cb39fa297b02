"""Ask one question and time its answer (definitions: docs/measurement.md)."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import SupportsIndex

from vstreamqa.models.base import CountedAnswer, CountsInput, Generation, Piece, Prompt, Session
from vstreamqa.replay.clock import now


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back and how long it took.

    Attributes:
        text: all pieces joined.
        ttft_ns: from the call to the first piece with text; None if nothing was said.
        latency_ns: from the call to the last piece; None if there was none.
        restore_ns: from the last piece until the session was as before; None if there was no piece.
        input_tokens: tokens put in, None if the adapter does not count them.
        output_tokens: tokens generated, None if nobody counted them.
    """

    text: str
    ttft_ns: int | None
    latency_ns: int | None
    restore_ns: int | None
    input_tokens: int | None
    output_tokens: int | None


class Cancelled(Exception):  # noqa: N818 - no error: nobody wants the answer any more
    """An answer was given up before it was through."""


def ask(session: Session, prompt: Prompt, generation: Generation) -> Answer:
    """Put a question to a session and collect its answer; the device is synchronised at every reading."""
    return put(session, prompt, generation)()


def put(
    session: Session, prompt: Prompt, generation: Generation, *, given_up: Callable[[], bool] = lambda: False
) -> Callable[[], Answer]:
    """Put a question to a session now; what is returned collects the answer, in whatever thread it is called.

    The time runs from here. `given_up` is asked after every piece; once it says so, the collecting ends in `Cancelled`.
    """
    called = now()
    pieces = session.ask(prompt, generation)
    return lambda: _collect(session, pieces, called, given_up)


def _collect(session: Session, pieces: Iterator[Piece], called: int, given_up: Callable[[], bool]) -> Answer:
    texts: list[str] = []
    tokens = 0
    first: int | None = None
    last: int | None = None
    for piece in pieces:
        last = now()
        if first is None and piece.text:
            first = last
        texts.append(piece.text)
        tokens += whole_number(piece.tokens, "a piece's tokens")
        if given_up():
            raise Cancelled
    restored = now()
    counts = _counts(session, pieces, tokens)
    put_in, came_out = (None if count is None else whole_number(count, "tokens") for count in counts)
    return Answer(
        text=sound_text("".join(texts)),
        ttft_ns=None if first is None else first - called,
        latency_ns=None if last is None else last - called,
        restore_ns=None if last is None else restored - last,
        input_tokens=put_in,
        output_tokens=came_out,
    )


def whole_number(value: SupportsIndex, what: str) -> int:
    """Return a count that an adapter gave, whatever kind of integer it is.

    Raises:
        TypeError: it is no integer.
        ValueError: it is negative.
    """
    number = operator.index(value)
    if number < 0:
        raise ValueError(f"{what}: {number} is negative")
    return number


def sound_text(text: str) -> str:
    """Return a text that can be written: halves of a character are joined, or replaced where one is missing."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _counts(session: Session, pieces: Iterator[Piece], tokens: int) -> tuple[int | None, int | None]:
    """Return the tokens put in and those that came out; `tokens` is the sum over the pieces."""
    if isinstance(pieces, CountedAnswer):
        return pieces.input_tokens, pieces.output_tokens
    return session.input_tokens if isinstance(session, CountsInput) else None, tokens
