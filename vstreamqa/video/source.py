"""Open any media source as frames on a grid."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Literal

from vstreamqa.errors import UserError
from vstreamqa.schema import Media, Unit, to_position, to_value
from vstreamqa.video.arrays import ArrayFile, FeatureFile
from vstreamqa.video.background import Stopped
from vstreamqa.video.faults import Damage, broken_off, missing
from vstreamqa.video.grid import Grid, exact_rate
from vstreamqa.video.images import ImageFolder
from vstreamqa.video.indexed import Entries, ranked_frames, timed_frames
from vstreamqa.video.reader import FrameReader
from vstreamqa.video.resize import Resize
from vstreamqa.video.types import Frame

ReaderName = Literal["pyav", "decord"]
Frames = Callable[[Stopped], Iterator[Frame]]
"""Frames whose positions count from the media's first frame."""


def media_of(path: Path, rate: float | None = None) -> Media:
    """Describe a file or folder by its kind.

    Args:
        path: a video file, a folder of pictures, a .npy file of frames or a .safetensors file of features.
        rate: frames per second of a folder, array or feature file; not given where entries are ranks (keyframes),
            nor for video files, which say it themselves.

    Returns:
        media whose path is `path` as given: open it with any root.

    Raises:
        UserError: a rate was given for what has its own, or is missing where it is needed.
        MediaError: there is nothing at `path`.
    """
    if path.is_dir():
        by_shot = ImageFolder(path).by_shot
        if by_shot is (rate is not None):
            remedy = "is a folder of keyframes: give no rate" if by_shot else "is a folder of frames: give its rate"
            raise UserError(f"{path} {remedy}")
        return Media(kind="frames", path=str(path), rate=rate)
    if not path.is_file():
        raise missing(path)
    if path.suffix.lower() == ".npy":
        return Media(kind="array", path=str(path), rate=rate)
    if path.suffix.lower() == ".safetensors":
        return Media(kind="features", path=str(path), rate=rate)
    if rate is not None:
        raise UserError(f"{path} is a video and states its own frame rate: give no rate")
    return Media(kind="video", path=str(path))


def natural_unit(media: Media) -> Unit:
    """Return what positions of a source count if nothing else is said: seconds where it has times, else keyframes."""
    return "second" if media.kind == "video" or media.rate is not None else "keyframe"


def open_frames(
    media: Media | str | Path,
    root: Path | None = None,
    *,
    unit: Unit | None = None,
    fps: float | None = None,
    start: int = 0,
    end: int | None = None,
    resize: Resize | None = None,
    reader: ReaderName = "pyav",
    prefetch: int = 8,
) -> FrameReader:
    """Open a source as the frames shown on a grid.

    With unit "second" the grid is start + floor(k * 1e9 / fps), and the frame of grid time t is the last one, in
    presentation order, that is presented at or before t. The last frame stays shown until the end of the media. With
    unit "keyframe" every entry from rank `start` to rank `end` is a frame.

    Args:
        media: where the pictures are (its `origin` is the source position of its first frame), or just a path.
        root: folder that the media's path is relative to; None for the working folder.
        unit: what positions count; None for seconds if `fps` is given, else the `natural_unit`.
        fps: frames per second of the grid, taken as the decimal it is written as; ignored for ranks.
        start: first position, nanoseconds or rank on the source axis.
        end: last position, included; None for the end of the media.
        resize: applied to pictures in the decoding thread; features come as they are.
        reader: what decodes video files.
        prefetch: most frames made ahead of the consumer.

    Raises:
        UserError: settings that contradict each other or the media.
        MediaError: on opening, the source is missing or not what it should be; while iterating, it is damaged or cut
            off, in which case the frames up to the fault have been yielded.
    """
    media = media if isinstance(media, Media) else media_of(Path(media))
    unit = unit or ("second" if fps is not None else natural_unit(media))
    path = (root or Path()) / media.path
    origin = to_position(media.origin, unit)
    if start < origin:
        raise UserError(f"{path}: start {to_value(start, unit)} lies before its first frame ({media.origin})")
    if end is not None and end < start:
        raise UserError(f"{path}: end {to_value(end, unit)} lies before start {to_value(start, unit)}")
    first, last = start - origin, None if end is None else end - origin
    if unit == "second":
        frames = _timed(media, path, _grid(path, first, fps, last), resize, reader)
    else:
        frames = _ranked(media, path, unit, first, last, resize)

    def produce(stopped: Stopped) -> Generator[Frame]:
        empty = True
        try:
            for frame in frames(stopped):
                empty = False
                yield replace(frame, position=frame.position + origin, presented=frame.presented + origin)
        except Damage as damage:
            raise broken_off(path, damage, origin, unit) from damage
        if empty and not stopped():
            raise UserError(f"{path}: start {to_value(start, unit)} lies at or beyond its end")

    return FrameReader(produce, prefetch)


def entries_of(media: Media, path: Path) -> Entries:
    """Open a frame folder, array or feature file."""
    if media.kind == "frames":
        return ImageFolder(path)
    return ArrayFile(path) if media.kind == "array" else FeatureFile(path)


def entry_rate(media: Media, entries: Entries) -> Fraction:
    """Return the rate of entries that are to be shown by time.

    Raises:
        UserError: the media states no rate, or holds keyframes, whose times no rate can give.
    """
    if isinstance(entries, ImageFolder) and entries.by_shot:
        raise UserError(f"{entries.path}: its pictures are keyframes, which have ranks, not times: use unit 'keyframe'")
    if media.rate is None:
        raise UserError(f"{entries.path}: has no times of its own: give its rate, or count keyframes")
    return exact_rate(media.rate)


def _grid(path: Path, start: int, fps: float | None, end: int | None) -> Grid:
    if fps is None:
        raise UserError(f"{path}: times in seconds need a frame rate: give fps")
    return Grid(start, exact_rate(fps), end)


def _timed(media: Media, path: Path, grid: Grid, resize: Resize | None, reader: ReaderName) -> Frames:
    if media.kind == "video":
        return _video(path, grid, resize, reader)
    entries = entries_of(media, path)
    rate = entry_rate(media, entries)
    return lambda _: _resized(timed_frames(entries, rate, grid), resize)


def _ranked(media: Media, path: Path, unit: Unit, start: int, end: int | None, resize: Resize | None) -> Frames:
    if unit == "shot":
        raise UserError(f"{path}: turn shots into keyframe ranks before opening it")
    if media.kind == "video":
        raise UserError(f"{path}: a video file is counted in seconds, not in keyframes")
    entries = entries_of(media, path)
    return lambda _: _resized(ranked_frames(entries, start, end), resize)


def _video(path: Path, grid: Grid, resize: Resize | None, reader: ReaderName) -> Frames:
    if not path.is_file():
        raise missing(path)
    if reader == "decord":
        from vstreamqa.video import decordreader

        decordreader.require_decord()
        return lambda stopped: decordreader.video_frames(path, grid, resize, stopped)
    from vstreamqa.video import pyavreader

    return lambda stopped: pyavreader.video_frames(path, grid, resize, stopped)


def _resized(frames: Iterator[Frame], resize: Resize | None) -> Iterator[Frame]:
    if resize is None:
        return frames
    return (frame if frame.pixels is None else replace(frame, pixels=resize(frame.pixels)) for frame in frames)
