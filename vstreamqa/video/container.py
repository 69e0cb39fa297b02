"""A video file opened at its best track."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain
from pathlib import Path
from typing import BinaryIO

import av
from av.container import InputContainer
from av.packet import Packet
from av.stream import Disposition
from av.video.stream import VideoStream

from vstreamqa.video.faults import missing, unreadable
from vstreamqa.video.soundness import cut_short

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
    forward_only: bool = False

    @property
    def indexed(self) -> bool:
        """Key frames are marked and sought reliably: mp4, mov, Matroska and WebM, never MPEG-TS."""
        return not (self.forward_only or _INDEXED.isdisjoint(self.container.format.name.split(",")))

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
    """Open a video file at its best track: the largest among those marked as default, never an attached picture.

    Raises:
        MediaError: the file is missing, is no media file, or has no video track.
    """
    if not path.is_file():
        raise missing(path)
    with ExitStack() as stack:
        container, forward_only = _opened(path, stack)
        stream = _best(container)
        if stream is None or stream.time_base is None:
            raise unreadable(path, "has no video track", "name a file with pictures")
        yield Track(path, container, stream, stream.time_base, forward_only)


def _opened(path: Path, stack: ExitStack) -> tuple[InputContainer, bool]:
    """Open a container; return it, and whether it can only be read forward.

    The demuxer refuses some files that are cut off within a header further on. Reading forward, without a look ahead,
    it gives what comes before the cut.
    """
    try:
        container = av.open(str(path), "r", metadata_errors="replace")
        return stack.enter_context(container), False
    except (av.FFmpegError, OSError) as error:
        with suppress(av.FFmpegError, OSError):
            if cut_short(path):
                forward = _Forward(stack.enter_context(path.open("rb")))
                container = av.open(forward, "r", metadata_errors="replace")
                return stack.enter_context(container), True
        reason = f"cannot be opened as video ({error.strerror})"
        raise unreadable(path, reason, "fetch the file again; it may be cut off or no video at all") from error


class _Forward:
    """A file that offers no seeking."""

    def __init__(self, file: BinaryIO) -> None:
        self.read = file.read


def _best(container: InputContainer) -> VideoStream | None:
    # A file that is cut off early may name a track without telling its codec: nothing of it can be decoded.
    known = [stream for stream in container.streams.video if stream.codec_context is not None]
    moving = [stream for stream in known if not stream.disposition & Disposition.attached_pic]
    preferred = container.streams.best("video")

    def merit(stream: VideoStream) -> tuple[bool, int, bool]:
        return bool(stream.disposition & Disposition.default), stream.width * stream.height, stream == preferred

    return max(moving, key=merit, default=None)
