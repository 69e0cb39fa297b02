"""A video file opened at its best track."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain
from pathlib import Path

import av
from av.container import InputContainer
from av.packet import Packet
from av.stream import Disposition
from av.video.stream import VideoStream

from vstreamqa.video.faults import missing, unreadable

_INDEXED = frozenset({"mov", "mp4", "matroska", "webm"})
_STATES_DURATION = frozenset({"mov", "mp4", "avi"})
_HIGHEST_RATE = 1000
_SEEKS = 4
_LEAD_IN = 1024
"""Packets read in search of a first key frame before the track is taken to have none."""


@dataclass(frozen=True, slots=True)
class Track:
    """The best video track of an open file."""

    path: Path
    container: InputContainer
    stream: VideoStream
    time_base: Fraction

    @property
    def indexed(self) -> bool:
        """Key frames are marked and sought reliably: mp4, mov, Matroska and WebM, never MPEG-TS."""
        return not _INDEXED.isdisjoint(self.container.format.name.split(","))

    @property
    def states_duration(self) -> bool:
        """The duration of the track is read from the file, not estimated."""
        return not _STATES_DURATION.isdisjoint(self.container.format.name.split(","))

    @property
    def rate(self) -> Fraction | None:
        """Frames per second as the file states them, None if it does not, or states its time base instead."""
        rate = self.stream.average_rate or self.stream.guessed_rate
        return rate if rate and rate <= _HIGHEST_RATE else None

    def packets(self) -> Iterator[Packet[VideoStream]]:
        """Yield the track's packets from where the file stands, without the empty one at the end."""
        return (packet for packet in self.container.demux(self.stream) if packet.size)

    def packets_from_key(self) -> Iterator[Packet[VideoStream]]:
        """Yield the packets from the first key frame on.

        A recording that starts within a group of pictures holds frames that cannot be decoded before that. Packets
        of a track without any key frame are all given.
        """
        packets = self.packets()
        lead_in: list[Packet[VideoStream]] = []
        for packet in packets:
            if packet.is_keyframe:
                yield packet
                break
            lead_in.append(packet)
            if len(lead_in) == _LEAD_IN:
                yield from lead_in
                break
        else:
            yield from lead_in
        yield from packets

    def packets_from_key_before(self, tick: int) -> Iterator[Packet[VideoStream]] | None:
        """Go to the last key frame presented at or before `tick`; None if the container cannot find it.

        Some indexes are sorted by decoding time and lead to a key frame that is presented just after the tick; the
        one before it is then asked for.
        """
        target = tick
        for _ in range(_SEEKS):
            try:
                self.container.seek(target, stream=self.stream)
                packets = self.packets()
                first = next(packets, None)
            except av.FFmpegError:
                return None
            if first is None or first.pts is None or not first.is_keyframe:
                return None
            if first.pts <= tick:
                return chain([first], packets)
            target = min(target, first.pts if first.dts is None else first.dts) - 1
        return None


@contextmanager
def open_track(path: Path) -> Iterator[Track]:
    """Open a video file at its best track, which is never an attached picture.

    Raises:
        MediaError: the file is missing, is no media file, or has no video track.
    """
    if not path.is_file():
        raise missing(path)
    try:
        container = av.open(str(path), metadata_errors="replace")
    except (av.FFmpegError, OSError) as error:
        reason = f"cannot be opened as video ({error.strerror})"
        raise unreadable(path, reason, "fetch the file again; it may be cut off or no video at all") from error
    with container:
        stream = _best(container)
        if stream is None or stream.time_base is None:
            raise unreadable(path, "has no video track", "name a file with pictures")
        yield Track(path, container, stream, stream.time_base)


def _best(container: InputContainer) -> VideoStream | None:
    moving = [stream for stream in container.streams.video if not stream.disposition & Disposition.attached_pic]
    best = container.streams.best("video")
    if best in moving:
        return best
    return max(moving, key=lambda stream: stream.width * stream.height, default=None)
