"""Ask one question and time its answer (definitions: docs/measurement.md)."""

from __future__ import annotations

from dataclasses import dataclass

from vstreamqa.models.base import CountsInput, Generation, Prompt, Session
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
        output_tokens: tokens generated.
    """

    text: str
    ttft_ns: int | None
    latency_ns: int | None
    restore_ns: int | None
    input_tokens: int | None
    output_tokens: int


def ask(session: Session, prompt: Prompt, generation: Generation) -> Answer:
    """Put a question to a session and collect its answer; the device is synchronised at every reading."""
    texts: list[str] = []
    tokens = 0
    first: int | None = None
    last: int | None = None
    called = now()
    for piece in session.ask(prompt, generation):
        last = now()
        if first is None and piece.text:
            first = last
        texts.append(piece.text)
        tokens += piece.tokens
    restored = now()
    return Answer(
        text="".join(texts),
        ttft_ns=None if first is None else first - called,
        latency_ns=None if last is None else last - called,
        restore_ns=None if last is None else restored - last,
        input_tokens=session.input_tokens if isinstance(session, CountsInput) else None,
        output_tokens=tokens,
    )
