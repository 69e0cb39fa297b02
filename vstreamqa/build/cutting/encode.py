"""Encode the parts of a video that some cuts need, so that each of them can be copied out exactly."""

from __future__ import annotations

import struct
from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import chain
from pathlib import Path

import av
from av.container import OutputContainer
from av.sidedata.sidedata import SideData
from av.video.codeccontext import VideoCodecContext
from av.video.frame import PictureType, VideoFrame
from av.video.stream import VideoStream

from vstreamqa.build.cutting.fit import Fit
from vstreamqa.build.cutting.reel import Cut, Reel, scan
from vstreamqa.schema import NANOSECONDS
from vstreamqa.video.container import open_track
from vstreamqa.video.faults import Damage, broken_off, unreadable
from vstreamqa.video.grid import Grid, Shown
from vstreamqa.video.walk import pictures

_OPTIONS = {"crf": "17", "preset": "veryfast", "forced-idr": "1", "x264-params": "open-gop=0"}
_MICROSECOND = Fraction(1, 1_000_000)
_RATE = Fraction(30)
"""What the encoder is told where the file does not say; it has no say in any time stamp."""
_MATRIX = "=9i"
_NEVER = 2**62
"""A time that no video reaches."""


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A frame of some cut, when it is first shown, and whether a cut starts with it or has ended just before it."""

    time: int
    picture: VideoFrame
    key: bool


@dataclass(frozen=True, slots=True)
class Within(Grid):
    """Every nanosecond from the start of the first cut to the end of the last that lies in one of them."""

    cuts: tuple[Cut, ...] = ()

    def first_from(self, time: int) -> int | None:
        """Return the first such nanosecond not before `time`, None if there is none."""
        return min((max(time, cut.start) for cut in self.cuts if cut.end >= time), default=None)


def encode(source: Reel, cuts: Collection[Cut], target: Path) -> Reel:
    """Encode every frame that one of some cuts shows, once, with closed groups of pictures that no cut divides.

    Memory does not grow with the length, but for a few numbers a frame.

    Args:
        source: the frames of the source.
        cuts: which of them are needed.
        target: the mp4 to be written; its own time stamps are of no use.

    Returns:
        its frames, on the time axis of the source.

    Raises:
        MediaError: the source cannot be read to the last of these frames, or cannot be encoded.
        OSError: the encode cannot be written.
    """
    try:
        times = _write(source.path, cuts, target)
    except Damage as damage:
        raise broken_off(source.path, damage, 0, "second") from damage
    except OSError:
        raise
    except av.FFmpegError as error:
        raise unreadable(source.path, f"cannot be encoded ({error.strerror})", "convert it to H.264") from error
    made = scan(target, _NEVER)
    if len(made.ticks) != len(times):
        raise unreadable(source.path, "cannot be encoded frame by frame", "convert it to H.264")
    return replace(made, times=times, end=source.end)


def _wanted_frames(path: Path, cuts: Collection[Cut]) -> Iterator[_Wanted]:
    """Decode a video and yield, in order and once each, the frames that some cuts show.

    Raises:
        MediaError: the file cannot be read at all.
        Damage: it cannot be read to the end of the last cut.
    """
    starts, ends = sorted(cut.start for cut in cuts), sorted(cut.end for cut in cuts)
    grid = Within(starts[0], Fraction(NANOSECONDS), ends[-1], tuple(cuts))
    ended = False
    for time, until, picture in _settled(pictures(path, grid, lambda: False)):
        if any(cut.start < until and time <= cut.end for cut in cuts):
            yield _Wanted(time, picture, key=ended or _any_within(starts, time, until))
        if until > ends[-1]:
            return
        ended = _any_within(ends, time, until)


def _settled(arriving: Iterable[Shown[VideoFrame]]) -> Iterator[tuple[int, int, VideoFrame]]:
    """Yield when each picture is first and no longer shown, and the picture, leaving out what is never shown.

    What is shown follows the rules of `vstreamqa.video.grid.on_grid`.
    """
    since, picture = 0, None
    for shown in arriving:
        time = max(shown.time, since)
        if picture is not None and time > since:
            yield since, time, picture
        since, picture = time, shown.picture


def _any_within(times: Sequence[int], since: int, until: int) -> bool:
    return bisect_left(times, until) > bisect_left(times, since)


def _write(path: Path, cuts: Collection[Cut], target: Path) -> list[int]:
    """Encode the frames that some cuts show; return when each is presented, nanoseconds on the axis of the source."""
    wanted = _wanted_frames(path, cuts)
    first = next(wanted, None)
    if first is None:
        raise unreadable(path, "no frame of its cuts can be decoded", "fetch the file again or re-encode it")
    times: list[int] = []
    fit = Fit(first.picture)
    with av.open(str(target), "w", format="mp4", options={"video_track_timescale": str(1 / _MICROSECOND)}) as container:
        stream = _stream(container, path, fit, first.picture)
        pts = -1
        for frame in chain([first], wanted):
            times.append(frame.time)
            pts = max(pts + 1, (frame.time - first.time) // 1000)
            container.mux(stream.encode(_prepared(fit(frame.picture), pts, key=frame.key)))
        container.mux(stream.encode(None))
    return times


def _prepared(picture: VideoFrame, pts: int, *, key: bool) -> VideoFrame:
    picture.pts, picture.time_base = pts, _MICROSECOND
    # A decoded picture still has the type it had in the source, which the encoder would take for an order.
    picture.pict_type = PictureType.I if key else PictureType.NONE
    return picture


def _stream(container: OutputContainer, path: Path, fit: Fit, first: VideoFrame) -> VideoStream:
    with open_track(path) as track:
        stream = container.add_stream("libx264", rate=track.rate or _RATE, options=_OPTIONS)
        aspect = track.stream.sample_aspect_ratio
    fit.configure(stream)
    context: VideoCodecContext = stream.codec_context
    context.time_base = _MICROSECOND
    if aspect:
        context.sample_aspect_ratio = aspect
    matrix = first.side_data.get("DISPLAYMATRIX")
    if isinstance(matrix, SideData):
        stream.set_display_matrix(struct.unpack(_MATRIX, bytes(matrix)))
    return stream
