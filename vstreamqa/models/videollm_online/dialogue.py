"""A dialogue interleaved with frames, and the text it is written as (the template the checkpoint was trained on)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

PLACEHOLDER = "<v>"
"""Stands in the text where a visual token goes."""

SYSTEM = (
    "A multimodal AI assistant is helping users with some activities."
    " Below is their conversation, interleaved with the list of video frames received by the assistant."
)

STREAM_OPENS = "\n["
STREAM_CLOSES = "]\n"
SPEAK = "]\nAssistant:"


@dataclass(frozen=True, slots=True)
class Layout:
    """How a frame is written.

    Attributes:
        pooled: whether a frame has the tower's pooled token, which comes first.
        grid: (rows, columns) of the spatial averages that follow, row by row; None for none.
        interval: text between two frames of a block; also what stands for staying silent. Empty for none.
    """

    pooled: bool
    grid: tuple[int, int] | None
    interval: str

    @property
    def frame_tokens(self) -> int:
        """Visual tokens of one frame."""
        rows, columns = self.grid or (0, 0)
        return int(self.pooled) + rows * columns

    @property
    def frame_text(self) -> str:
        """One frame as text."""
        return PLACEHOLDER * self.frame_tokens


V1PLUS = Layout(pooled=True, grid=(3, 3), interval=",")
V1 = Layout(pooled=True, grid=None, interval="")


@dataclass(frozen=True, slots=True)
class User:
    """What the user says."""

    text: str


@dataclass(frozen=True, slots=True)
class Assistant:
    """What the assistant says; `learn` if training is to teach it."""

    text: str
    learn: bool = True


@dataclass(frozen=True, slots=True)
class Frames:
    """A block of frames without a word between them.

    Attributes:
        count: number of frames, 1 or more.
        learn: whether what comes after every frame (stay silent, or speak after the last) is taught; a number teaches
            it for so many frames from the first on.
    """

    count: int
    learn: bool | int = True


Message = User | Assistant | Frames

_MAY_FOLLOW: dict[type[Message] | None, tuple[type[Message], ...]] = {
    None: (User, Frames),
    User: (User, Assistant, Frames),
    Assistant: (User, Frames),
    Frames: (User, Assistant),
}


def render(
    messages: Sequence[Message], layout: Layout, *, bos: str, eos: str, system: str | None = SYSTEM
) -> tuple[str, ...]:
    r"""Write a dialogue.

    Args:
        messages: the dialogue.
        layout: how a frame is written.
        bos: text of the beginning-of-sequence token.
        eos: text of the token that ends a reply.
        system: system prompt, None for a dialogue that goes on.

    Returns:
        One text for the system prompt (if there is one) and one for each message; the dialogue is all of them joined.
        A prompt for the assistant is the dialogue and `\nAssistant:`.

    Raises:
        ValueError: a message follows one it cannot follow, or a block has no frames. (The original writes nothing for
            an empty block but counts its brackets, so that all labels behind it are wrong.)
    """
    texts = [] if system is None else [f"{bos}{system}\n"]
    before: type[Message] | None = None
    for message in messages:
        if system is not None or before is not None:
            _check_order(before, message)
        texts.append(_render(message, layout, eos))
        before = type(message)
    return tuple(texts)


def _check_order(before: type[Message] | None, message: Message) -> None:
    if type(message) not in _MAY_FOLLOW[before]:
        place = "the system prompt" if before is None else before.__name__
        raise ValueError(f"{type(message).__name__} cannot follow {place}")


def _render(message: Message, layout: Layout, eos: str) -> str:
    match message:
        case User(text):
            return f"\nUser: {text}"
        case Assistant(text):
            return f"\nAssistant: {text}{eos}"
        case Frames(count):
            if count < 1:
                raise ValueError(f"a block of {count} frames; it needs 1 or more")
            return f"\n[{layout.interval.join([layout.frame_text] * count)}]"
