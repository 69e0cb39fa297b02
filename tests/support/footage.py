"""Makes small videos whose frames identify themselves: the frame number is drawn as a barcode."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
from av.video.stream import VideoStream

Pixels = npt.NDArray[np.uint8]

HEIGHT, WIDTH = 96, 128
TICKS = Fraction(1, 90_000)
_BITS = 8
_ROWS, _COLUMNS = 2, 4


def barcode(number: int, height: int = HEIGHT, width: int = WIDTH) -> Pixels:
    """Draw the lowest 8 bits of a number as black and white blocks, 2 rows of 4, highest bit first."""
    bits = np.array([number >> bit & 1 for bit in reversed(range(_BITS))], np.uint8) * 255
    blocks = np.kron(bits.reshape(_ROWS, _COLUMNS), np.ones((height // _ROWS, width // _COLUMNS), np.uint8))
    return np.repeat(blocks[..., None], 3, axis=2)


def number_in(pixels: Pixels | None) -> int:
    """Read the barcode of a decoded frame of any size."""
    assert pixels is not None
    height, width = pixels.shape[:2]
    rows = [height * (2 * row + 1) // (2 * _ROWS) for row in range(_ROWS)]
    columns = [width * (2 * column + 1) // (2 * _COLUMNS) for column in range(_COLUMNS)]
    bits = (pixels[np.ix_(rows, columns)].mean(axis=2) > 127).ravel()
    return int("".join("1" if bit else "0" for bit in bits), 2)


def regular(frames: int, fps: float | Fraction = 30, first: float | Fraction = 0) -> list[Fraction]:
    """Return the times, in seconds, of frames at a constant rate."""
    return [Fraction(first) + number / Fraction(fps) for number in range(frames)]


@dataclass(frozen=True)
class Encoding:
    """How a video is made."""

    codec: str = "libx264"
    pix_fmt: str = "yuv420p"
    gop: int = 30
    b_frames: int = 2
    size: tuple[int, int] = (HEIGHT, WIDTH)
    fps: int = 30
    rotation: int = 0
    time_base: Fraction = TICKS
    options: Mapping[str, str] = field(default_factory=lambda: {"preset": "ultrafast", "bf": "2"})
    container: Mapping[str, str] = field(default_factory=dict)
    format: str | None = None


def write_video(path: Path, times: Sequence[Fraction], encoding: Encoding | None = None) -> Path:
    """Write a video whose frame number i is shown at times[i] seconds."""
    made = encoding or Encoding()
    with av.open(str(path), "w", format=made.format, options=dict(made.container)) as container:
        stream = container.add_stream(made.codec, rate=made.fps)
        assert isinstance(stream, VideoStream)
        _configure(stream, made)
        for number, time in enumerate(times):
            frame = av.VideoFrame.from_ndarray(barcode(number, *made.size), format="rgb24").reformat(
                format=made.pix_fmt, dst_colorspace="ITU601"
            )
            frame.pts, frame.time_base = round(time / made.time_base), made.time_base
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def write_stamped(path: Path, stamps: Sequence[tuple[int, int]]) -> Path:
    """Write a Matroska file of Motion JPEG whose frame i has the (presentation, decoding) stamps given, in ms."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mjpeg", rate=10)
        assert isinstance(stream, VideoStream)
        stream.height, stream.width, stream.pix_fmt = HEIGHT, WIDTH, "yuvj420p"
        for number, (pts, dts) in enumerate(stamps):
            frame = av.VideoFrame.from_ndarray(barcode(number), format="rgb24")
            frame.pts = number
            for packet in stream.encode(frame):
                packet.pts, packet.dts, packet.time_base = pts, dts, Fraction(1, 1000)
                container.mux(packet)
    return path


def _configure(stream: VideoStream, made: Encoding) -> None:
    stream.height, stream.width = made.size
    stream.pix_fmt = made.pix_fmt
    stream.codec_context.time_base = made.time_base
    stream.codec_context.gop_size = made.gop
    stream.codec_context.max_b_frames = made.b_frames
    stream.options = dict(made.options)
    if made.rotation:
        stream.set_display_rotation(made.rotation)


def remux(
    source: Path,
    target: Path,
    *,
    shift: Fraction = Fraction(0),
    durations: bool = True,
    container: Mapping[str, str] | None = None,
) -> Path:
    """Copy the best video track into another container, its times shifted by seconds, its durations kept or not."""
    with av.open(str(source)) as read, av.open(str(target), "w", options=dict(container or {})) as written:
        stream = read.streams.best("video")
        assert isinstance(stream, VideoStream)
        assert stream.time_base is not None
        copy = written.add_stream_from_template(stream)
        ticks = round(shift / stream.time_base)
        for packet in read.demux(stream):
            if packet.dts is None or packet.pts is None:
                continue
            packet.pts, packet.dts = packet.pts + ticks, packet.dts + ticks
            packet.stream = copy
            if not durations:
                packet.duration = 0
            written.mux(packet)
    return target
