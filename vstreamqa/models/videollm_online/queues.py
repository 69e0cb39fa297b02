"""The original's way in: frames and questions wait in queues, and one call gives one reply at most (spec, 7.2, 7.3).

A question whose time lies before the next waiting frame is answered at once, before that frame is taken in. One whose
time is not after the frame just taken in is answered instead of deciding on it. Otherwise the model decides.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from vstreamqa.models.videollm_online.conversation import Conversation

FrameT = TypeVar("FrameT")


@dataclass(frozen=True, slots=True)
class Reply:
    """Something said.

    Attributes:
        time: the question's, or the frame's for what is said unasked, in seconds.
        question: None for what is said unasked.
        tokens: what was said, the end token included if it was reached.
    """

    time: float
    question: str | None
    tokens: tuple[int, ...]


class QueuedStream(Generic[FrameT]):
    """A conversation behind two queues.

    Args:
        conversation: of the stream.
        most: longest reply, in tokens.
    """

    def __init__(self, conversation: Conversation[FrameT], *, most: int) -> None:
        self._conversation = conversation
        self._most = most
        self._frames: deque[tuple[float, FrameT]] = deque()
        self._questions: deque[tuple[float, str]] = deque()

    @property
    def waiting(self) -> int:
        """Frames not taken in yet."""
        return len(self._frames)

    def show(self, frames: Iterable[tuple[float, FrameT]]) -> None:
        """Queue frames with their times, in time order."""
        self._frames.extend(frames)

    def ask(self, question: str, time: float) -> None:
        """Queue a question; questions are answered in the order in which they are put."""
        self._questions.append((time, question))

    def step(self) -> Reply | None:
        """Take in waiting frames until something is said; None if nothing is by the last of them.

        (The original waits for ever if there is no frame.)
        """
        while self._frames:
            if self._questions and self._questions[0][0] < self._frames[0][0]:
                return self._answer()
            time, frame = self._frames.popleft()
            self._conversation.see(frame)
            if self._questions and self._questions[0][0] <= time:
                return self._answer()
            if self._conversation.decide():
                return Reply(time, None, tuple(self._conversation.speak(most=self._most)))
        return None

    def _answer(self) -> Reply:
        time, question = self._questions.popleft()
        return Reply(time, question, tuple(self._conversation.answer(question, most=self._most)))
