"""A decoded frame as a model is to get it, without the readers' own conversion and resizing.

A mistake made there would be made in everything that is compared with it, so rules are written down here once more.
The arithmetic is that of FFmpeg and Pillow in both places.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from vstreamqa.video.resize import Resize
from vstreamqa.video.types import Pixels

if TYPE_CHECKING:
    from av.video.frame import VideoFrame

_NOT_STATED = 2
_FULL = 2


def upright_rgb(frame: VideoFrame) -> Pixels:
    """Return a frame as uint8 RGB [height, width, 3], turned as the track says.

    Where the frame states no matrix, BT.709 is meant from 1280 pixels of width or above 576 of height on, else BT.601;
    where it states no range, limited range.
    """
    from av.video.reformatter import ColorRange, Colorspace

    large = frame.width > 1279 or frame.height > 576
    assumed = Colorspace.ITU709 if large else Colorspace.ITU601
    rgb = frame.reformat(
        format="rgb24",
        src_colorspace=assumed if frame.colorspace == _NOT_STATED else None,
        src_color_range=ColorRange.JPEG if frame.color_range == _FULL else ColorRange.MPEG,
        dst_color_range=ColorRange.JPEG,
    )
    return np.ascontiguousarray(np.rot90(rgb.to_ndarray(), round(frame.rotation / 90)))


def brought_to_size(pixels: Pixels, wanted: Resize) -> Pixels:
    """Return a picture [height, width, 3] in the size, the fit and the filter that a model has asked for."""
    height, width = wanted.size
    across, down = Fraction(width, pixels.shape[1]), Fraction(height, pixels.shape[0])
    if across == down == 1:
        return pixels
    if wanted.fit != "stretch":
        across = down = max(across, down) if wanted.fit == "crop" else min(across, down)
    scaled = max(1, int(pixels.shape[1] * across)), max(1, int(pixels.shape[0] * down))
    picture = Image.fromarray(pixels).resize(scaled, Image.Resampling[wanted.filter.upper()])
    left, top = (scaled[0] - width) // 2, (scaled[1] - height) // 2
    return np.asarray(picture.crop((left, top, left + width, top + height)))
