"""Where the frames of an arm come from: the stream itself, noise, or another stream's video."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Protocol

import numpy as np

from vstreamqa.replay.grid import StreamGrid
from vstreamqa.replay.randomness import derive_seed
from vstreamqa.schema import Stream
from vstreamqa.video.types import Frame


class FrameSource(Protocol):
    """Frames of one stream in time order, on the grid, and how long decoding them took."""

    @property
    def decode_ns(self) -> int:
        """Time spent decoding so far, ns."""
        ...

    def __iter__(self) -> Iterator[Frame]: ...
    def __next__(self) -> Frame: ...
    def close(self) -> None:
        """Stop reading."""
        ...


Opener = Callable[[Stream], FrameSource]
"""Opens a stream at the model's rate and size; raises `MediaError` if it cannot."""


class Wrapped:
    """A source around another one, to be given other frames or to be watched."""

    def __init__(self, source: FrameSource) -> None:
        self.source = source

    @property
    def decode_ns(self) -> int:
        """Time the source inside spent decoding, ns."""
        return self.source.decode_ns

    def __iter__(self) -> Iterator[Frame]:
        return self

    def __next__(self) -> Frame:
        return next(self.source)

    def close(self) -> None:
        """Close the source inside."""
        self.source.close()


class Noise(Wrapped):
    """A source whose every picture is replaced by noise of the same shape."""

    def __init__(self, source: FrameSource, seed: int) -> None:
        super().__init__(source)
        self._seed = seed

    def __next__(self) -> Frame:
        return noise_for(next(self.source), self._seed)


def noise_for(frame: Frame, seed: int) -> Frame:
    """Return a frame with its picture replaced by noise of the same shape.

    Pixels are uniform over 0..255, features standard normal; the draws depend on the seed and the frame's position
    alone.
    """
    random = np.random.default_rng(derive_seed(seed, "noise", str(frame.position)))
    if frame.pixels is not None:
        return replace(frame, pixels=random.integers(0, 256, frame.pixels.shape, dtype=np.uint8))
    assert frame.features is not None
    return replace(frame, features=random.standard_normal(frame.features.shape).astype(frame.features.dtype))


class Swapped:
    """Another stream's pictures at this stream's positions; the other video starts again when it ends."""

    def __init__(self, open_partner: Callable[[], FrameSource], grid: StreamGrid) -> None:
        self._open_partner = open_partner
        self._grid = grid
        self._source = open_partner()
        self._spent_ns = 0
        self._k = 0
        self._fresh = True

    @property
    def decode_ns(self) -> int:
        """Time spent decoding, over all playings, ns."""
        return self._spent_ns + self._source.decode_ns

    def __iter__(self) -> Iterator[Frame]:
        return self

    def __next__(self) -> Frame:
        frame = next(self._source, None)
        if frame is None:
            if self._fresh:
                raise StopIteration  # the partner has no frames at all
            self._restart()
            frame = next(self._source)
        self._fresh = False
        position = self._grid.position(self._k)
        self._k += 1
        return replace(frame, position=position, presented=position)

    def _restart(self) -> None:
        self._spent_ns += self._source.decode_ns
        self._source.close()
        self._source = self._open_partner()

    def close(self) -> None:
        """Close the partner's source."""
        self._source.close()
