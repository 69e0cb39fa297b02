"""Write a world as an H.264 file with B-frames, at one of the rates that real cameras have."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
from av.video.codeccontext import VideoCodecContext
from av.video.reformatter import VideoReformatter
from av.video.stream import VideoStream

from vstreamqa.build.mini.randomness import draws
from vstreamqa.build.mini.render import render
from vstreamqa.build.mini.world import SECOND, World

_OPTIONS = {"crf": "18", "preset": "superfast", "bf": "2", "threads": "1"}
_SECONDS_PER_KEY_FRAME = 4
_DROPPED = 0.15
_BT709 = 1
_LIMITED_RANGE = 1


@dataclass(frozen=True, slots=True)
class Camera:
    """When a camera takes its frames.

    Attributes:
        rate: ticks per second.
        drops: some ticks bring no frame, never two in a row: a variable frame rate.
    """

    rate: Fraction
    drops: bool = False

    def ticks(self, world: World) -> list[int]:
        """Return the ticks that bring a frame, from 0 until the world's length is covered."""
        last = math.ceil(world.settings.length * self.rate) - 1
        if not self.drops:
            return list(range(last + 1))
        chance = draws(world.split, world.seed, world.index, "drops")
        ticks = [0]
        for tick in range(1, last):
            if tick - ticks[-1] > 1 or chance.random() >= _DROPPED:
                ticks.append(tick)
        return [*ticks, last]


CAMERAS = (
    Camera(Fraction(8)),
    Camera(Fraction(8000, 1001)),
    Camera(Fraction(8), drops=True),
    Camera(Fraction(10)),
)


def write_video(world: World, path: Path, camera: Camera) -> None:
    """Write a world as an MP4 file; one thread, so that the same world always gives the same pictures."""
    to_yuv = VideoReformatter()
    with av.open(str(path), "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=camera.rate, options=_OPTIONS)
        _configure(stream, world.settings.size, camera)
        for tick in camera.ticks(world):
            pixels = render(world, int(tick * SECOND / camera.rate))
            frame = av.VideoFrame.from_ndarray(pixels, format="rgb24")
            frame = to_yuv.reformat(frame, format="yuv420p", dst_colorspace=_BT709, dst_color_range="MPEG")
            frame.pts, frame.time_base = tick, 1 / camera.rate
            container.mux(stream.encode(frame))
        container.mux(stream.encode())


def _configure(stream: VideoStream, size: int, camera: Camera) -> None:
    stream.width = stream.height = size
    stream.pix_fmt = "yuv420p"
    stream.time_base = 1 / camera.rate
    context: VideoCodecContext = stream.codec_context
    context.time_base = 1 / camera.rate
    context.thread_count = 1
    context.gop_size = math.ceil(_SECONDS_PER_KEY_FRAME * camera.rate)
    context.colorspace = context.color_primaries = context.color_trc = _BT709
    context.color_range = _LIMITED_RANGE
