"""What the rest of the package holds in its hand: an iterator of frames that can be closed."""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from types import TracebackType
from typing import Self

from vstreamqa.video.background import Background, Producer
from vstreamqa.video.types import Frame


class FrameReader(Iterator[Frame]):
    """Frames in time order, decoded (and resized) in a thread that starts with the first frame asked for.

    An iterator and a context manager. Once closed, or after an error, it yields nothing more.
    """

    def __init__(self, produce: Producer[Frame], prefetch: int) -> None:
        self._background = Background(produce, prefetch)
        weakref.finalize(self, self._background.stop)

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Frame:
        return self._background.get()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the thread, waiting until it has ended; frames made ahead are dropped."""
        self._background.close()

    @property
    def decode_ns(self) -> int:
        """Nanoseconds the thread has worked so far (reading, decoding, converting), its waiting not counted."""
        return self._background.busy_ns
