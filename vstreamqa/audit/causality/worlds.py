"""Sources around a run's own, that differ from them only where no answer may see it."""

from __future__ import annotations

from vstreamqa.replay.source import FrameSource, Wrapped, noise_for
from vstreamqa.video.types import Frame


class Counted(Wrapped):
    """A source that counts what is taken of it."""

    def __init__(self, source: FrameSource) -> None:
        super().__init__(source)
        self.taken = 0

    def __next__(self) -> Frame:
        frame = super().__next__()
        self.taken += 1
        return frame


class CutOff(Wrapped):
    """A source that ends after a position."""

    def __init__(self, source: FrameSource, last: int) -> None:
        super().__init__(source)
        self._last = last

    def __next__(self) -> Frame:
        frame = super().__next__()
        if frame.position > self._last:
            raise StopIteration
        return frame


class OtherFuture(Wrapped):
    """A source whose frames after a position are noise; those up to it are what they are."""

    def __init__(self, source: FrameSource, last: int, seed: int) -> None:
        super().__init__(source)
        self._last = last
        self._seed = seed

    def __next__(self) -> Frame:
        frame = super().__next__()
        return frame if frame.position <= self._last else noise_for(frame, self._seed)
