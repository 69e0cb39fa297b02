"""Sources around a run's own, that differ from them only where no answer may see it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from vstreamqa.replay.randomness import derive_seed
from vstreamqa.replay.source import FrameSource, Wrapped, noise_for
from vstreamqa.video.types import Frame, Pixels

FAINT = 2
"""Steps of 255 that a picture is off by at most where nobody could see it."""
STRANGE = 4
"""The same where it is mirrored too, and is to be like nothing that was played before."""
_FEATURE_STEP = 2**-9
"""What a step is to a feature, as a share of its value."""


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


class Altered(Wrapped):
    """A source whose frames are off by one faint pattern, the same for all, so that what stands still still does."""

    def __init__(self, source: FrameSource, seed: int, *, steps: int = FAINT, mirrored: bool = False) -> None:
        """Take a source.

        Args:
            source: what is altered.
            seed: of the pattern.
            steps: how far a pixel is off at most; a feature is off by as many 512ths of its value at most.
            mirrored: exchange left and right too; features are not.
        """
        super().__init__(source)
        self._seed = derive_seed(seed, "pattern")
        self._steps = steps
        self._mirrored = mirrored

    def __next__(self) -> Frame:
        frame = super().__next__()
        if frame.pixels is not None:
            return replace(frame, pixels=self._picture(frame.pixels))
        assert frame.features is not None
        off = 1 + _FEATURE_STEP * self._steps * np.random.default_rng(self._seed).uniform(-1, 1, frame.features.shape)
        return replace(frame, features=(frame.features * off).astype(frame.features.dtype))

    def _picture(self, pixels: Pixels) -> Pixels:
        pattern = np.random.default_rng(self._seed).integers(-self._steps, self._steps + 1, pixels.shape, np.int16)
        seen = pixels[:, ::-1] if self._mirrored else pixels
        altered: Pixels = np.clip(seen + pattern, 0, 255).astype(np.uint8)
        return altered
