"""What a streaming dialogue teaches, token by token (LIVE; spec, section 5)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from vstreamqa.models.videollm_online.dialogue import PLACEHOLDER, SYSTEM, Assistant, Frames, Layout, Message, render
from vstreamqa.models.videollm_online.tokenizer import StreamTokenizer

IGNORED = -100
"""Label of a position that teaches nothing."""

_FRAMES_OPEN = len("\n[")
_FRAMES_CLOSE = len("]\n")

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Labelled:
    """A dialogue as training takes it.

    Attributes:
        ids: frames as placeholders, [length].
        labels: already shifted: what position i is to predict, or `IGNORED`, [length].
    """

    ids: tuple[int, ...]
    labels: tuple[int, ...]


def label(messages: Sequence[Message], layout: Layout, tokenizer: StreamTokenizer, *, system: str = SYSTEM) -> Labelled:
    """Tokenise a dialogue and say what every position is to predict.

    Behind a frame that is taught, only its last placeholder has a label: the interval token, or behind the last frame
    the closing bracket with its line end. In a layout without interval, silence is taught as the end token: what the
    original evidently means, though its code stops there (spec, Q20).

    Args:
        messages: the dialogue.
        layout: how a frame is written.
        tokenizer: of the checkpoint.
        system: system prompt.

    Raises:
        ValueError: the dialogue is not well formed, or something that is taught begins within a token.
    """
    texts = render(messages, layout, bos=tokenizer.bos, eos=tokenizer.eos, system=system)
    ids, offsets = tokenizer.encode_dialogue("".join(texts))
    starts = {start: place for place, (start, _) in enumerate(offsets)}
    labels = [IGNORED] * len(ids)
    for start, stop in learned_spans(messages, texts, layout):
        first, last = _place(start, starts, offsets), _place(stop, starts, offsets)
        labels[first - 1 : last - 1] = ids[first:last]
    end, placeholder = tokenizer.eos_id, tokenizer.placeholder_id
    return Labelled(tuple(ids), tuple(end if token == placeholder else token for token in labels))


def learned_spans(messages: Sequence[Message], texts: Sequence[str], layout: Layout) -> Iterator[Span]:
    """Yield the [start, stop) characters that are taught, in order.

    Of a reply, all but its leading line end, and the token that ends it. Of a block of frames, what follows each frame.

    Args:
        messages: the dialogue.
        texts: as `render` writes it, system prompt included.
        layout: how a frame is written.
    """
    start = len(texts[0])
    for message, text in zip(messages, texts[1:], strict=True):
        match message:
            case Assistant(learn=True):
                yield start + 1, start + len(text)
            case Frames():
                yield from _behind_frames(message, start + _FRAMES_OPEN, layout)
            case _:
                pass
        start += len(text)


def _behind_frames(block: Frames, start: int, layout: Layout) -> Iterator[Span]:
    taught = block.count * block.learn if isinstance(block.learn, bool) else block.learn
    between = len(layout.interval) or len(PLACEHOLDER)
    for number in range(min(taught, block.count)):
        start += len(layout.frame_text)
        yield start, start + (between if number < block.count - 1 else _FRAMES_CLOSE)
        start += len(layout.interval)


def _place(character: int, starts: dict[int, int], offsets: Sequence[Span]) -> int:
    """Return which token begins at a character; the end of the sequence for what lies behind the last beginning."""
    if character > offsets[-1][0]:
        return len(offsets)
    if character not in starts:
        raise ValueError(f"no token begins at character {character}; what is taught would begin within one")
    return starts[character]
