"""Timed dialogues turned into streaming dialogues (spec, section 10, "Livechat")."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from vstreamqa.models.videollm_online.dialogue import Assistant, Frames, Message, User
from vstreamqa.training.timed import TimedDialogue, frame_from, last_frame

MOST_WAITING = 20
"""Most frames that are shown before the first question."""

_SHORTEST, _LONGEST = 60.0, 3600.0
_COUNTS_SECONDS = re.compile(r"second|^\d+s")


@dataclass(frozen=True, slots=True)
class Said:
    """What the user or the assistant says, `time` seconds into the video."""

    role: Literal["user", "assistant"]
    text: str
    time: float


def streaming_dialogue(said: Sequence[Said], *, fps: float, duration: float, waiting: int = 0) -> TimedDialogue | None:
    """Put frames between what is said.

    The user is heard after the last frame at or before the time, the assistant speaks after the first at or after it.
    After the frame with which a question comes, nothing is taught: whether to speak there is not the model's to decide.
    Of several replies at one frame the last is kept. Where times go back, or beyond the video, the dialogue ends.

    Args:
        said: in time order; the user speaks first.
        fps: frames per second of the grid.
        duration: time of the last frame, seconds.
        waiting: frames to show before the first question, as far as there are.

    Returns:
        The dialogue; None if the user does not speak first, within the video and after its beginning.
    """
    if not said or said[0].role != "user" or not 0 < said[0].time <= duration:
        return None
    messages: list[Message] = []
    asked = _frame_of(said[0], fps)
    last = asked - min(waiting, asked + 1)
    first = last + 1
    for turn in said:
        frame = _frame_of(turn, fps)
        if not last <= frame <= last_frame(duration, fps):
            break
        _say(messages, turn, frame - last)
        last = frame
    return TimedDialogue(tuple(messages), range(first, last + 1))


def is_usable(said: Sequence[Said], *, duration: float) -> bool:
    """Tell whether a dialogue is of a fitting length (1 minute to 1 hour) and does not speak of seconds."""
    if not _SHORTEST <= duration <= _LONGEST:
        return False
    return not any(_COUNTS_SECONDS.search(turn.text) for turn in said)


def _frame_of(turn: Said, fps: float) -> int:
    return math.floor(turn.time * fps) if turn.role == "user" else frame_from(turn.time, fps)


def _say(messages: list[Message], turn: Said, frames: int) -> None:
    """Show so many frames, then have something said."""
    if turn.role == "user":
        messages += [Frames(frames, frames - 1)] if frames else []
        messages.append(User(turn.text))
        return
    if frames:
        messages.append(Frames(frames))
    elif isinstance(messages[-1], Assistant):
        messages.pop()
    messages.append(Assistant(turn.text))
