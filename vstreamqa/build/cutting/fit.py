"""Bring pictures into a size and pixel format that the H.264 encoder takes, with as little change as possible."""

from __future__ import annotations

from typing import Final

from av.codec import Codec
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange, Colorspace, VideoReformatter
from av.video.stream import VideoStream

_BT709: Final = 1
_LIMITED, _FULL = 1, 2
_DEPTH = 8


class Fit:
    """Fits all pictures of a track to the first.

    The pixel format is kept if the encoder takes it. If not, it becomes a planar YUV of 8 or 10 bits with no less
    colour resolution; matrix and range stay, and RGB becomes BT.709 of limited range.

    Args:
        first: the first picture; the encode has its size, and its colours are described as they are in it.
    """

    def __init__(self, first: VideoFrame) -> None:
        self._size = first.width, first.height
        self._format = fitting_format(first)
        self._rgb = _is_rgb(first)
        self._colours = first.colorspace, first.color_primaries, first.color_trc, first.color_range
        self._convert = VideoReformatter()

    def configure(self, stream: VideoStream) -> None:
        """Tell an encoder's stream what pictures it will be given."""
        stream.width, stream.height = self._size
        stream.pix_fmt = self._format
        context: VideoCodecContext = stream.codec_context
        context.colorspace, context.color_primaries, context.color_trc, context.color_range = self._colours
        if self._rgb:
            context.colorspace, context.color_range = _BT709, _LIMITED

    def __call__(self, picture: VideoFrame) -> VideoFrame:
        """Return a picture that fits: itself, or a new one."""
        if (picture.width, picture.height) == self._size and picture.format.name == self._format:
            return picture
        width, height = self._size
        range_ = ColorRange.JPEG if is_full_range(picture) else ColorRange.MPEG
        return self._convert.reformat(
            picture,
            width,
            height,
            self._format,
            src_colorspace=Colorspace.ITU709,
            dst_colorspace=Colorspace.ITU709,
            src_color_range=range_,
            dst_color_range=ColorRange.MPEG if self._rgb else range_,
        )


def fitting_format(picture: VideoFrame) -> str:
    """Return the pixel format in which a picture is encoded."""
    source = picture.format
    halves_width, halves_height = source.chroma_width(2) == 1, source.chroma_height(2) == 1
    odd = (halves_width and picture.width % 2) or (halves_height and picture.height % 2)
    taken = {known.name for known in Codec("libx264", "w").video_formats or ()}
    if source.name in taken and not odd:
        return source.name
    deep = max(component.bits for component in source.components) > _DEPTH
    sampling = "444" if odd or _is_rgb(picture) or not halves_width else "420" if halves_height else "422"
    return f"yuv{sampling}p10le" if deep else f"yuv{sampling}p"


def is_full_range(picture: VideoFrame) -> bool:
    """Tell whether a picture's values use all of their range."""
    return picture.color_range == _FULL or picture.format.name.startswith("yuvj") or _is_rgb(picture)


def _is_rgb(picture: VideoFrame) -> bool:
    return picture.format.is_rgb or picture.format.has_palette
