"""Pictures of training worlds as a model meets them in the suite: a little late, and through a codec."""

from __future__ import annotations

import io
from collections.abc import Iterable
from random import Random

import numpy as np
import numpy.typing as npt
from PIL import Image

from vstreamqa.build.mini import SECOND, World, render

_LATEST = SECOND // 8
"""A video's frame may be as old as its frame rate allows; the slowest of the suite shows eight a second."""
_QUALITY = (60, 95)
_ENCODED = 0.5

Pictures = npt.NDArray[np.uint8]


def watch(world: World, times: Iterable[int], chance: Random) -> Pictures:
    """Take the pictures a model sees at some moments of a training world.

    Args:
        world: the world.
        times: the moments, milliseconds.
        chance: source of what differs from frame to frame and from video to video.

    Returns:
        uint8 RGB [moments, size, size, 3].
    """
    late = chance.randint(0, _LATEST) if world.settings.unit == "second" else 0
    encoded = chance.random() < _ENCODED
    quality = chance.randint(*_QUALITY)
    pictures = [render(world, max(0, time - chance.randint(0, late))) for time in times]
    return np.stack([_encode(picture, quality) for picture in pictures] if encoded else pictures)


def _encode(picture: Pictures, quality: int) -> Pictures:
    """Put a picture through JPEG, which does to it much of what a video codec does."""
    encoded = io.BytesIO()
    Image.fromarray(picture).save(encoded, "JPEG", quality=quality)
    return np.asarray(Image.open(encoded))
