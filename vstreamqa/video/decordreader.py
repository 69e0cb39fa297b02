"""Grid frames of a video file, read with decord: a second reader to compare with.

Frames are chosen by decord's time stamps, never by index times rate (which is wrong for variable frame rates). Known
faults of decord 0.6, none of which can be mended from outside:

- MPEG-TS files fail on opening or soon after.
- Damaged and cut files either raise at once, before a single frame, or give concealed pictures without a word.
- Time stamps are 32-bit floats: after an hour they are off by up to 0.2 ms. A frame is taken to begin that much early,
  so that rounding never makes it miss its own time.
- It knows the mean frame rate only, not how long the last frame is shown: the end is measured as for the other reader.
- It keeps a few hundred megabytes, whatever the size of the video.
- Rotation is applied by decord itself; an unflagged file is converted by BT.601 whatever its size.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from vstreamqa.errors import UserError
from vstreamqa.schema import NANOSECONDS, Media
from vstreamqa.video.background import Stopped
from vstreamqa.video.faults import missing, unreadable
from vstreamqa.video.grid import Grid, Shown, on_grid
from vstreamqa.video.probing import probe
from vstreamqa.video.resize import Resize
from vstreamqa.video.types import Frame, Pixels

_ULP = 2.0**-23
_MICROSECOND = 1_000


def require_decord() -> None:
    """Raise UserError if decord is not installed."""
    try:
        import decord  # noqa: F401
    except ImportError as error:
        message = "reader 'decord' is not installed: pip install 'vstreamqa[decord]', or use reader 'pyav'"
        raise UserError(message) from error


def video_frames(path: Path, grid: Grid, resize: Resize | None, stopped: Stopped) -> Iterator[Frame]:
    """Yield the frame shown at each grid time, nanoseconds since the first presented frame.

    Raises:
        MediaError: decord cannot read the file.
    """
    if not path.is_file():
        raise missing(path)
    from decord import DECORDError

    try:
        reader, starts, slack, end = _open(path)
        frames = [Shown(max(0, time - slack), index) for index, time in enumerate(starts)]
        latest: tuple[int, Pixels] | None = None
        for position, _, index in on_grid([*frames, Shown(end, None)], grid):
            if stopped():
                return
            if latest is None or latest[0] != index:
                latest = index, _pixels(reader, index, resize)
            yield Frame(position, starts[index], latest[1])
    except (DECORDError, RuntimeError) as error:
        reason = str(error).splitlines()[0]
        raise unreadable(path, f"decord cannot read it ({reason})", "use reader 'pyav'") from error


def _open(path: Path) -> tuple[Any, list[int], int, int]:
    """Return the reader, when each frame begins, by how much that may be late, and when the media ends, in ns."""
    from decord import VideoReader

    reader = VideoReader(str(path))
    stamps = np.asarray(reader.get_frame_timestamp(range(len(reader))), dtype=np.float64)[:, 0]
    times = np.floor((stamps - stamps[0]) * NANOSECONDS).astype(np.int64)
    end = probe(Media(kind="video", path=path.name), path.parent, unit="second").duration
    slack = int(float(np.abs(stamps).max()) * _ULP * NANOSECONDS) + _MICROSECOND
    return reader, times.tolist(), slack, end


def _pixels(reader: Any, index: int, resize: Resize | None) -> Pixels:
    pixels: Pixels = reader[index].asnumpy()
    return pixels if resize is None else resize(pixels)
