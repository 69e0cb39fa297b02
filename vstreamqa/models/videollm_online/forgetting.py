"""What a bounded cache holds of a long stream.

The original never forgets: 11 tokens a frame, 1.65 GiB for ten minutes at 2 fps with an 8B model, and positions beyond
those Llama 3 was trained with after about six. With a budget, whenever the next frame would not fit any more, the
session begins anew: system prompt, then the newest frames (and what was said between them) that make up at most half
of the budget, fed again in one pass. All that is older is forgotten without a trace: frames, questions and replies.
The state is then, up to rounding, that of a session that began with the oldest frame kept. Half, so that it happens
once in many frames: over a long stream every token is fed about twice.

The budget holds for what is kept between frames. A reply comes on top of it until the next frame.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Generic, TypeVar

FrameT = TypeVar("FrameT")


class Record(Generic[FrameT]):
    """What was fed so far, so that the newest of it can be fed again.

    Args:
        budget: most tokens in the cache when a frame has been fed.
        start: what a session begins with.
        frame_tokens: tokens of one frame.
    """

    def __init__(self, budget: int, start: Sequence[int], frame_tokens: int) -> None:
        self._budget = budget
        self._start = tuple(start)
        self._frame_tokens = frame_tokens
        self._fed: list[int | FrameT] = []

    def __len__(self) -> int:
        """Tokens and frames fed."""
        return len(self._fed)

    def add(self, sequence: Sequence[int | FrameT]) -> None:
        """Take down what was fed."""
        self._fed.extend(sequence)

    def cut(self, length: int) -> None:
        """Take back all but the first entries."""
        del self._fed[length:]

    def is_full(self, used: int, more: int) -> bool:
        """Tell whether so many more tokens are too many for a cache that has so many."""
        return used > 0 and used + more > self._budget

    def begin_anew(self) -> list[int | FrameT]:
        """Forget what is old; return what must be fed into an empty cache (nothing, if nothing of it fits)."""
        kept = self._newest(self._budget // 2 - len(self._start))
        self._fed = [*self._start, *kept] if kept else []
        return list(self._fed)

    def _newest(self, tokens: int) -> list[int | FrameT]:
        """Return what begins with the oldest frame such that all from there on has at most so many tokens."""
        first = len(self._fed)
        for place in range(len(self._fed) - 1, -1, -1):
            is_frame = not isinstance(self._fed[place], int)
            tokens -= self._frame_tokens if is_frame else 1
            if tokens < 0:
                break
            if is_frame:
                first = place
        return self._fed[first:]


def least_budget(start: Sequence[int], frame_tokens: int) -> int:
    """Return the smallest budget that keeps at least one frame, with its separator, when the session begins anew."""
    return 2 * (len(start) + frame_tokens + 1)
