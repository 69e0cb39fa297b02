"""The token sequences the streaming loop feeds, each tokenised as one string."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from vstreamqa.models.videollm_online.dialogue import SPEAK, STREAM_CLOSES, STREAM_OPENS, SYSTEM, Layout
from vstreamqa.models.videollm_online.tokenizer import StreamTokenizer

Ids = tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamTokens:
    """What the streaming loop needs to know of the tokenizer (spec, section 4.2).

    Attributes:
        end: ends a reply.
        silence: as the most likely next token after a frame: stay silent.
        speech: as the most likely next token after a frame: speak.
        interval: goes between two frames of a block; nothing in layouts without a separator.
        start: system prompt and the bracket of the first block.
        stream: opens a block.
        speak: closes a block and has the assistant speak.
        query: closes a block, puts a question and has the assistant answer.
        follow_up: puts a question where no block is open, as after a reply.
        opening: puts a question before anything else: system prompt and question.
        frame_tokens: visual tokens of one frame.
    """

    end: int
    silence: int
    speech: int
    interval: Ids
    start: Ids
    stream: Ids
    speak: Ids
    query: Callable[[str], Ids]
    follow_up: Callable[[str], Ids]
    opening: Callable[[str], Ids]
    frame_tokens: int


def stream_tokens(tokenizer: StreamTokenizer, layout: Layout, *, preface: str | None = None) -> StreamTokens:
    """Make the sequences.

    In a layout without an interval, the end token after a frame stands for silence: what the original's labels for
    that layout amount to, though its code cannot be run (spec, Q20).

    Args:
        tokenizer: of the checkpoint.
        layout: how a frame is written.
        preface: text appended to the system prompt.

    Raises:
        UserError: the interval, or a closing bracket with its newline, is not one token.
    """
    system = SYSTEM if preface is None else f"{SYSTEM} {preface}"

    def encode(text: str) -> Ids:
        return tuple(tokenizer.encode(text))

    silence = tokenizer.single(layout.interval) if layout.interval else tokenizer.eos_id
    return StreamTokens(
        end=tokenizer.eos_id,
        silence=silence,
        speech=tokenizer.single(STREAM_CLOSES),
        interval=(silence,) if layout.interval else (),
        start=(tokenizer.bos_id, *encode(f"{system}\n{STREAM_OPENS}")),
        stream=encode(STREAM_OPENS),
        speak=encode(SPEAK),
        query=lambda text: encode(f"]\nUser: {text}\nAssistant:"),
        follow_up=lambda text: encode(f"\nUser: {text}\nAssistant:"),
        opening=lambda text: (tokenizer.bos_id, *encode(f"{system}\n\nUser: {text}\nAssistant:")),
        frame_tokens=layout.frame_tokens,
    )
