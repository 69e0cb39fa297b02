"""What is known about a source without decoding it: its end, its picture size, its frame rate."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from vstreamqa.errors import UserError
from vstreamqa.schema import Media, Unit, to_position
from vstreamqa.video.colour import upright_size
from vstreamqa.video.container import Track, open_track
from vstreamqa.video.faults import Damage, broken_off, unreadable
from vstreamqa.video.grid import Grid
from vstreamqa.video.indexed import Entries, entry_time
from vstreamqa.video.shortfall import end_with_lost
from vstreamqa.video.source import entries_of, entry_rate
from vstreamqa.video.timeline import Clock, Timeline
from vstreamqa.video.types import MediaInfo
from vstreamqa.video.walk import pictures

_BEYOND = 2**62
"""A tick after every last one."""


def probe(media: Media, root: Path, *, unit: Unit) -> MediaInfo:
    """Measure a source without decoding more than its first frame.

    The end of a video is where its packets say, not its header: mp4 and Matroska files are read from their last key
    frame on, all others from front to back. A file whose last part is missing counts as long as its header promises;
    reading it then ends in an error.

    Raises:
        UserError: the unit does not fit the media, or a rate is missing.
        MediaError: the source is missing or cannot be read.
    """
    path = root / media.path
    origin = to_position(media.origin, unit)
    if media.kind == "video":
        if unit != "second":
            raise UserError(f"{path}: a video file is counted in seconds, not in {unit}s")
        return _probe_video(path, origin)
    return _probe_entries(media, entries_of(media, path), origin, unit)


def measure(track: Track) -> int | None:
    """Return the tick at which a track ends, None if it has no packets.

    The tail after the last key frame tells it where the container finds that, and where the packets say how long
    they last; otherwise all packets are read.
    """
    if track.indexed:
        sought = track.packets_from_key_before(_BEYOND)
        tail = Timeline(track.time_base)
        if sought is not None and _note_all(tail, sought) and tail.packets and tail.has_durations:
            return tail.end(track.rate)
    with open_track(track.path) as afresh:
        whole = Timeline(afresh.time_base)
        # Damage on the way does not end a video: what lies behind it was there to be asked about.
        _note_all(whole, afresh.packets_from_key(), skip_damaged=True)
        return whole.end(afresh.rate)


def first_picture(path: Path) -> VideoFrame:
    """Decode the first presented frame of a video.

    Raises:
        MediaError: it cannot be decoded.
    """
    try:
        first = next(pictures(path, Grid(0, Fraction(1), 0), lambda: False), None)
    except Damage as damage:
        raise broken_off(path, damage, 0, "second") from damage
    if first is None or first.picture is None:
        raise unreadable(path, "no frame can be decoded", "fetch the file again or re-encode it")
    return first.picture


def clock_of(track: Track, first: VideoFrame) -> Clock:
    """Return the clock that starts at a track's first picture."""
    return Clock(track.time_base, (first.pts if first.pts is not None else first.dts) or 0)


def _probe_video(path: Path, origin: int) -> MediaInfo:
    first = first_picture(path)
    with open_track(path) as track:
        end = measure(track)
        if end is None:
            raise unreadable(path, "holds no frames", "fetch the file again")
        fps = None if track.rate is None else float(track.rate)
        return MediaInfo(origin + clock_of(track, first).time(end_with_lost(track, end)), upright_size(first), fps)


def _note_all(timeline: Timeline, packets: Iterator[Packet[VideoStream]], *, skip_damaged: bool = False) -> bool:
    """Note packets until the end; return whether all could be read."""
    try:
        for packet in packets:
            if packet.is_corrupt and skip_damaged:
                continue
            if packet.is_corrupt:
                return False
            timeline.note(packet)
    except av.FFmpegError:
        return False
    return True


def _probe_entries(media: Media, entries: Entries, origin: int, unit: Unit) -> MediaInfo:
    if unit != "second":
        return MediaInfo(origin + len(entries), entries.size, None)
    end = entry_time(len(entries), entry_rate(media, entries))
    return MediaInfo(origin + end, entries.size, media.rate)
