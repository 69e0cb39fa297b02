"""From a decoded frame to upright RGB."""

from __future__ import annotations

from functools import partial

import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange, Colorspace, VideoReformatter

from vstreamqa.video.types import Pixels

_UNSPECIFIED_MATRIX = 2
_FULL_RANGE = 2
_HD_WIDTH = 1280
_SD_HEIGHT = 576


class ToRgb:
    """Converts frames to uint8 RGB [height, width, 3] and turns them as the track's display matrix says.

    Matrix and range are the frame's own. A frame that states no matrix is taken for BT.709 if it is high definition
    (at least 1280 wide or more than 576 high) and BT.601 if not, one that states no range for limited range.
    """

    def __init__(self) -> None:
        self._convert = VideoReformatter()

    def __call__(self, frame: VideoFrame) -> Pixels:
        """Convert one frame."""
        convert = partial(self._convert.reformat, frame, format="rgb24", dst_color_range=ColorRange.JPEG)
        rgb = convert(src_colorspace=_matrix(frame), src_color_range=_range(frame))
        return np.ascontiguousarray(np.rot90(rgb.to_ndarray(), quarter_turns(frame)))


def quarter_turns(frame: VideoFrame) -> int:
    """Return by how many quarter turns, counterclockwise, a frame has to be turned to stand upright."""
    return round(frame.rotation / 90) % 4


def upright_size(frame: VideoFrame) -> tuple[int, int]:
    """Return (height, width) of a frame once it stands upright."""
    return (frame.width, frame.height) if quarter_turns(frame) % 2 else (frame.height, frame.width)


def _matrix(frame: VideoFrame) -> int | None:
    if frame.colorspace != _UNSPECIFIED_MATRIX:
        return None
    high_definition = frame.width >= _HD_WIDTH or frame.height > _SD_HEIGHT
    return Colorspace.ITU709 if high_definition else Colorspace.ITU601


def _range(frame: VideoFrame) -> int:
    return ColorRange.JPEG if frame.color_range == _FULL_RANGE else ColorRange.MPEG
