"""See what the replay should have shown, without the replay's readers.

Arrays and feature files are read by number, videos decoded once from front to back, in this thread and nothing left
out. Which picture is shown at which time is worked out here again; conversion to RGB and resizing are the reader's own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from vstreamqa.audit.causality.pictures import brought_to_size, upright_rgb
from vstreamqa.schema import NANOSECONDS, Media, Stream, to_position
from vstreamqa.video.grid import exact_rate
from vstreamqa.video.images import ImageFolder
from vstreamqa.video.resize import Resize

Content = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class Due:
    """A frame that is to be shown.

    Attributes:
        position: on the source axis.
        content: pixels or features as the model is to get them.
        last: it is the last picture of the media, and when that ends is for the reader to say.
    """

    position: int
    content: Content
    last: bool = False


ReferenceOpener = Callable[[str, str, Stream], Iterator[Due]]
"""Gives the frames of a stream of (suite, config) in time order."""


def reference_frames(media: Media, root: Path, stream: Stream, *, fps: float, resize: Resize | None) -> Iterator[Due]:
    """Yield the frames of a stream on the grid of a rate.

    Args:
        media: of the stream.
        root: folder that its path is relative to.
        stream: what is watched.
        fps: frames per second of the grid; of no matter for ranks.
        resize: what pictures are brought to size with.
    """
    path = root / media.path
    start, end = (to_position(value, stream.unit) for value in (stream.start, stream.end))
    origin = to_position(media.origin, stream.unit)
    if stream.unit != "second":
        entry, count = _entries(media, path)
        for rank in range(start - origin, min(end - origin + 1, count)):
            yield Due(rank + origin, _sized(entry(rank), resize))
        return
    rate = exact_rate(fps)
    pictures = _video(path) if media.kind == "video" else _timed(media, path)
    for time, content, last in _on_grid(pictures, start - origin, end - origin, rate):
        yield Due(time + origin, _sized(content, resize), last)


def _sized(content: Content, resize: Resize | None) -> Content:
    is_picture = content.dtype == np.uint8
    return brought_to_size(content, resize) if is_picture and resize is not None else content


def _on_grid(
    pictures: Iterator[tuple[int, Callable[[], Content]]], start: int, end: int, rate: Fraction
) -> Iterator[tuple[int, Content, bool]]:
    """Yield (grid time, content, whether it is the last picture) from pictures with the times they are shown from."""
    k = 0
    following = next(pictures, None)
    shown: Callable[[], Content] | None = None
    while (time := start + k * NANOSECONDS * rate.denominator // rate.numerator) <= end:
        while following is not None and following[0] <= time:
            shown, following = following[1], next(pictures, None)
        if shown is None:
            return
        yield time, shown(), following is None
        k += 1


def _timed(media: Media, path: Path) -> Iterator[tuple[int, Callable[[], Content]]]:
    entry, count = _entries(media, path)
    assert media.rate is not None, "media without times of their own state a rate"
    rate = exact_rate(media.rate)
    for index in range(count):
        yield index * NANOSECONDS * rate.denominator // rate.numerator, lambda index=index: entry(index)  # type: ignore[misc]


def _entries(media: Media, path: Path) -> tuple[Callable[[int], Content], int]:
    if media.kind == "array":
        frames = np.load(path, mmap_mode="r", allow_pickle=False)
        return lambda index: np.array(frames[index]), len(frames)
    if media.kind == "features":
        return _features(path)
    folder = ImageFolder(path)
    return folder.pixels, len(folder)


def _features(path: Path) -> tuple[Callable[[int], Content], int]:
    from safetensors import safe_open

    from vstreamqa.video.arrays import FEATURE_TENSOR

    file: Any = safe_open(path, framework="numpy")
    tensor = file.get_slice(FEATURE_TENSOR)
    if tensor.get_dtype() != "BF16":  # which NumPy lacks
        return lambda index: tensor[index], tensor.get_shape()[0]
    from safetensors.torch import load_file

    whole = load_file(path)[FEATURE_TENSOR]
    return lambda index: whole[index].float().numpy(), len(whole)


def _video(path: Path) -> Iterator[tuple[int, Callable[[], Content]]]:
    import av
    from av.video.stream import VideoStream

    with av.open(str(path)) as container:
        stream = container.streams.best("video")
        assert isinstance(stream, VideoStream), "the reader has found a picture track"
        stream.thread_type = "NONE"
        zero: int | None = None
        latest = 0
        for frame in container.decode(stream):
            if frame.pts is None or stream.time_base is None:
                continue
            zero = frame.pts if zero is None else zero
            tick = stream.time_base * NANOSECONDS
            # A picture whose time lies before its predecessor's is shown from its predecessor's time on.
            latest = max(latest, (frame.pts - zero) * tick.numerator // tick.denominator)
            yield latest, lambda frame=frame: upright_rgb(frame)  # type: ignore[misc]
