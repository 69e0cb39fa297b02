"""What the rooms look like: six patterns in middling greys and browns, so that bright and white things stand out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from vstreamqa.build.mini.names import Colour

Picture = npt.NDArray[np.float32]
Pattern = Callable[[Picture, Picture], npt.NDArray[np.bool_]]
"""From x and y (shares of the picture's edge, [height, width]) to where the second colour goes."""

_PATTERNS: Mapping[str, tuple[Colour, Colour, Pattern]] = {
    "kitchen": ((150, 150, 160), (105, 105, 118), lambda x, y: (np.floor(x * 6) + np.floor(y * 6)) % 2 == 0),
    "garden": ((120, 140, 105), (95, 112, 88), lambda x, y: (y * 7 + 0.35 * np.sin(x * 19)) % 1 < 0.5),
    "office": ((140, 140, 140), (110, 110, 112), lambda x, y: (y * 5) % 1 < 0.25),
    "library": ((135, 105, 80), (100, 75, 62), lambda x, y: (x * 8) % 1 < 0.4),
    "garage": ((125, 125, 120), (80, 80, 78), lambda x, y: ((x + y) * 5) % 1 < 0.5),
    "bathroom": ((120, 145, 155), (150, 165, 170), lambda x, y: np.hypot((x * 5) % 1 - 0.5, (y * 5) % 1 - 0.5) < 0.28),
}


def shade(colour: Colour) -> Picture:
    """Return a colour as float32 grey levels [3]."""
    return np.asarray(colour, dtype=np.float32)


@lru_cache(maxsize=64)
def room_picture(room: str, size: int, margin: int) -> Picture:
    """Return a room as float32 grey levels [size + 2 margin, size + 2 margin, 3]; not to be written to.

    Args:
        room: its name.
        size: edge of the square picture, pixels.
        margin: how many pixels more are wanted on each side.
    """
    axis = (np.arange(-margin, size + margin, dtype=np.float32) + np.float32(0.5)) / np.float32(size)
    y, x = axis[:, None], axis[None, :]
    first, second, pattern = _PATTERNS[room]
    second_here = np.broadcast_to(pattern(x, y), (len(axis), len(axis)))
    painted = np.where(second_here[..., None], shade(second), shade(first))
    painted.flags.writeable = False
    return painted
