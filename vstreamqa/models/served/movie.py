"""The frames of one question as a short MP4."""

from __future__ import annotations

import io
from collections.abc import Sequence
from fractions import Fraction

import av
from av.video.stream import VideoStream

from vstreamqa.models.base import Pixels

_MILLISECONDS = Fraction(1, 1000)
_NANOSECONDS_PER_TICK = 1_000_000
_NOMINAL_RATE = 1
_H264 = {"crf": "12", "preset": "veryfast", "bf": "0"}
"""Nearly without loss, and in the order in which the frames are shown."""


def mp4(frames: Sequence[Pixels], positions: Sequence[int] | None) -> bytes:
    """Encode frames as H.264 in MP4, each shown at its own time.

    Args:
        frames: uint8 RGB [height, width, 3], all of one size, 1 at least; an odd last row or column is left out, which
            4:2:0 has no room for.
        positions: when the frames are shown, nanoseconds, rising; None for one a second.
    """
    height, width = (max(2, side - side % 2) for side in frames[0].shape[:2])
    times = [k * 1000 for k in range(len(frames))]
    if positions is not None:
        times = [(position - positions[0]) // _NANOSECONDS_PER_TICK for position in positions]
    written = io.BytesIO()
    with av.open(written, "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=_NOMINAL_RATE, options=dict(_H264))
        assert isinstance(stream, VideoStream)
        stream.height, stream.width, stream.pix_fmt = height, width, "yuv420p"
        stream.codec_context.time_base = _MILLISECONDS
        for time, pixels in zip(times, frames, strict=True):
            frame = av.VideoFrame.from_ndarray(pixels[:height, :width], format="rgb24").reformat(format="yuv420p")
            frame.pts, frame.time_base = time, _MILLISECONDS
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return written.getvalue()
