"""A hash that stays the same as long as the pictures do.

Of a video: its picture size, the planes of its first picture and of up to sixteen key frames spread evenly over it,
and how many frames follow its last key frame. Times enter only in that they choose the key frames, with a distance
to the usual frame times, so that copying the tracks into another container (mp4, Matroska with its millisecond time
stamps, MPEG-TS) leaves the hash as it is, and re-encoding or cutting changes it. Two limits: a change that touches
none of the key frames looked at goes unnoticed, and a key frame within half a millisecond of a chosen time may be
taken in one container and not in the other.

Of folders, arrays and feature files: the number of entries and the content of up to sixteen of them. Names, file
formats without loss and frame rates do not enter.
"""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import av
import numpy as np
import numpy.typing as npt
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from vstreamqa.errors import UserError
from vstreamqa.schema import NANOSECONDS, Media, Unit
from vstreamqa.video.container import Track, open_track
from vstreamqa.video.faults import unreadable
from vstreamqa.video.indexed import Entries
from vstreamqa.video.probing import clock_of, first_picture, measure
from vstreamqa.video.source import entries_of

_SAMPLES = 8
_OFFSET = 12_000_000
"""Nanoseconds after whole seconds at which key frames are chosen: 4 ms or more from frame times at 24 to 120 fps."""
_SLACK = 300_000_000
"""Nanoseconds by which containers may disagree about the duration."""


class _Hash:
    """A hash of named arrays and numbers, in the order in which they are added."""

    def __init__(self, kind: str) -> None:
        self._hash = hashlib.blake2b(f"vstreamqa/1/{kind}".encode(), digest_size=16)

    def add(self, content: npt.NDArray[Any] | Sequence[int]) -> None:
        array = np.ascontiguousarray(content)
        self._hash.update(f"|{array.dtype.str}{array.shape}|".encode())
        self._hash.update(array.tobytes())

    def text(self) -> str:
        return self._hash.hexdigest()


def fingerprint(media: Media, root: Path, *, unit: Unit) -> str:
    """Hash the decoded content of a source, without decoding all of it.

    Returns:
        32 hexadecimal digits.

    Raises:
        UserError: the unit does not fit the media.
        MediaError: the source is missing or cannot be read.
    """
    path = root / media.path
    if media.kind != "video":
        return _of_entries(entries_of(media, path), "features" if media.kind == "features" else "pictures")
    if unit != "second":
        raise UserError(f"{path}: a video file is counted in seconds, not in {unit}s")
    return _of_video(path)


def sample_times(end: int) -> list[int]:
    """Return the times, nanoseconds, whose key frames stand for a video: 8 to 16 of them, if it is long enough.

    Their distance is a power of two of seconds, so that it hardly depends on what a container says of the end.
    """
    step = 1
    while (end + _SLACK) // (step * 2 * NANOSECONDS) >= _SAMPLES:
        step *= 2
    return [time + _OFFSET for time in range(step * NANOSECONDS, end - _OFFSET, step * NANOSECONDS)]


def _of_entries(entries: Entries, kind: str) -> str:
    content = _Hash(kind)
    content.add([len(entries)])
    chosen = np.unique(np.linspace(0, len(entries) - 1, 2 * _SAMPLES).round().astype(int))
    for index in chosen.tolist():
        pixels, features = entries.pixels(index), entries.features(index)
        for array in (pixels, features):
            if array is not None:
                content.add(array)
    return content.text()


def _of_video(path: Path) -> str:
    first = first_picture(path)
    content = _Hash("video")
    content.add([first.height, first.width, first.rotation])
    _add_planes(content, first)
    with open_track(path) as track:
        clock, end = clock_of(track, first), measure(track)
    if end is None:
        raise unreadable(path, "holds no frames", "fetch the file again")
    ticks = [clock.ticks(time) for time in sample_times(clock.time(end))]
    keys, following = _key_packets(path, [*ticks, end])
    with open_track(path) as track:
        for picture in _stills(track, keys):
            _add_planes(content, picture)
    content.add([following])
    return content.text()


def _key_packets(path: Path, ticks: list[int]) -> tuple[list[Packet[VideoStream]], int]:
    """Return the key frames shown at the ticks, each once, and how many frames follow the last of them."""
    try:
        with open_track(path) as track:
            found = _sought(track, ticks) if track.indexed else None
        if found:
            return found
        with open_track(path) as track:
            return _passed(track.packets_from_key(), ticks)
    except av.FFmpegError as error:
        reason = f"cannot be read to its end ({error.strerror})"
        raise unreadable(path, reason, "fetch the file again or re-encode it") from error


def _sought(track: Track, ticks: list[int]) -> tuple[list[Packet[VideoStream]], int] | None:
    keys: dict[int | None, Packet[VideoStream]] = {}
    rest: Iterator[Packet[VideoStream]] = iter(())
    for tick in ticks:
        packets = track.packets_from_key_before(tick)
        if packets is None:
            return None
        key, rest = next(packets), packets
        keys[key.pts] = key
    return list(keys.values()), _shown(rest)


def _passed(packets: Iterator[Packet[VideoStream]], ticks: list[int]) -> tuple[list[Packet[VideoStream]], int]:
    """Do as `_sought` without seeking, in one pass over all packets."""
    keys: dict[int | None, Packet[VideoStream]] = {}
    latest: Packet[VideoStream] | None = None
    awaited, since = deque(ticks), 0
    for packet in packets:
        since += not packet.is_discard
        if not packet.is_keyframe or packet.pts is None:
            continue
        while awaited and latest is not None and packet.pts > awaited[0]:
            awaited.popleft()
            keys[latest.pts] = latest
        latest, since = packet, 0
    if latest is not None:
        keys[latest.pts] = latest
    return list(keys.values()), since


def _shown(packets: Iterator[Packet[VideoStream]]) -> int:
    return sum(not packet.is_discard for packet in packets)


def _stills(track: Track, keys: Iterable[Packet[VideoStream]]) -> Iterator[VideoFrame]:
    """Decode key frames each on its own."""
    context = track.stream.codec_context
    context.thread_count = 1
    for key in keys:
        try:
            yield from (*context.decode(key), *context.decode(None))
        except av.FFmpegError as error:
            reason = f"a key frame cannot be decoded ({error.strerror})"
            raise unreadable(track.path, reason, "fetch the file again or re-encode it") from error
        context.flush_buffers()


def _add_planes(content: _Hash, frame: VideoFrame) -> None:
    """Add a frame's samples as decoded, without the padding of their rows."""
    sample = max(component.bits for component in frame.format.components) + 7 >> 3
    for plane in frame.planes:
        rows = np.frombuffer(memoryview(plane), np.uint8).reshape(plane.height, plane.line_size)
        content.add(rows[:, : plane.width * sample])
