"""A dialogue that belongs to certain frames of a video."""

from __future__ import annotations

import math
from dataclasses import dataclass

from vstreamqa.models.videollm_online.dialogue import Frames, Message


@dataclass(frozen=True, slots=True)
class TimedDialogue:
    """A dialogue and its frames.

    Attributes:
        messages: the dialogue; its blocks have as many frames as there are.
        frames: which frames of the video, on its grid of so many frames per second.
    """

    messages: tuple[Message, ...]
    frames: range


def frame_from(time: float, fps: float) -> int:
    """Return the first frame at or after a time in seconds."""
    return math.ceil(time * fps)


def last_frame(duration: float, fps: float) -> int:
    """Return the last frame of a video whose last frame is shown at `duration` seconds."""
    return math.floor(duration * fps)


def clip(dialogue: TimedDialogue, most: int) -> TimedDialogue:
    """Cut a dialogue before the block with which it would have more than so many frames."""
    kept: list[Message] = []
    count = 0
    for message in dialogue.messages:
        if isinstance(message, Frames):
            if count + message.count > most:
                break
            count += message.count
        kept.append(message)
    start = dialogue.frames.start
    return TimedDialogue(tuple(kept), range(start, start + count))
