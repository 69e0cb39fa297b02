"""What comes out of a media source: frames, and what is known about the source before reading it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Pixels = npt.NDArray[np.uint8]
Features = npt.NDArray[np.floating[Any]]


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame of the grid.

    Attributes:
        position: grid position on the source axis, nanoseconds or rank.
        presented: when the picture itself is first shown, nanoseconds on the source axis; the rank for ranks.
        pixels: uint8 RGB [height, width, 3], or None where the source holds features.
        features: floating point [patches, channels], or None where the source holds pictures.
    """

    position: int
    presented: int
    pixels: Pixels | None = None
    features: Features | None = None


@dataclass(frozen=True, slots=True)
class MediaInfo:
    """What `probe` says of a source.

    Attributes:
        duration: where the last frame ceases to be shown, nanoseconds on the source axis (its origin included); for
            ranks one more than the last rank.
        size: (height, width) of the pictures as delivered, that is after rotation; None for features.
        fps: frames per second as the source states them, None if it does not or counts ranks.
    """

    duration: int
    size: tuple[int, int] | None
    fps: float | None
