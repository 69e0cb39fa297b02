"""Grid frames of a video file, read with PyAV."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from av.video.frame import VideoFrame

from vstreamqa.video.background import Stopped
from vstreamqa.video.colour import ToRgb
from vstreamqa.video.grid import Grid, on_grid
from vstreamqa.video.resize import Resize
from vstreamqa.video.types import Frame, Pixels
from vstreamqa.video.walk import pictures


def video_frames(path: Path, grid: Grid, resize: Resize | None, stopped: Stopped) -> Iterator[Frame]:
    """Yield the frame shown at each grid time, nanoseconds since the first presented frame.

    Raises:
        MediaError: the file cannot be read at all.
        Damage: it can be read only up to a time; the frames before it have been yielded.
    """
    to_rgb = ToRgb()
    latest: tuple[VideoFrame, Pixels] | None = None
    for position, presented, picture in on_grid(pictures(path, grid, stopped), grid):
        if latest is None or latest[0] is not picture:
            pixels = to_rgb(picture)
            latest = picture, pixels if resize is None else resize(pixels)
        yield Frame(position, presented, latest[1])
