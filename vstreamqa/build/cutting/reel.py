"""Which coded frames a video file holds, and when each is shown, without decoding more than the first."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
from av.packet import Packet
from av.video.stream import VideoStream

from vstreamqa.video.container import Track, open_track
from vstreamqa.video.decoder import decided_before
from vstreamqa.video.faults import Damage, broken_off
from vstreamqa.video.packets import CodedFrame
from vstreamqa.video.probing import clock_of, first_picture
from vstreamqa.video.shortfall import shortfall
from vstreamqa.video.timeline import Clock, Timeline

_ONE_FRAME_A_PACKET = frozenset({"h264", "hevc", "av1", "libdav1d"})
"""Decoders of codecs that an mp4 takes, and whose every packet is one frame that is shown."""


@dataclass(frozen=True, slots=True)
class Cut:
    """A part of a video, in nanoseconds since its first presented frame.

    Attributes:
        start: when it starts: its first frame is the one shown then.
        end: when it ends, included: its last frame is the one shown then.
    """

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start <= self.end:
            raise ValueError(f"no cut goes from {self.start} ns to {self.end} ns")


@dataclass(frozen=True, slots=True)
class Reel:
    """The frames of a file.

    Attributes:
        path: the file.
        time_base: seconds per tick of its track.
        coded: in decoding order, the tick at which the frame of each packet is presented; None if it is never shown,
            or its packet does not say.
        keys: indexes of `coded` at which decoding can start; none if a packet may be anything but one frame.
        ticks: the ticks at which frames are presented, in that order.
        times: the same in nanoseconds since the first frame of the source that is being cut.
        end: when the last frame ceases to be shown, nanoseconds likewise.
    """

    path: Path
    time_base: Fraction
    coded: Sequence[int | None]
    keys: frozenset[int]
    ticks: Sequence[int]
    times: Sequence[int]
    end: int

    def rank_at(self, time: int) -> int:
        """Return the rank, in presentation order, of the frame shown at a time."""
        return bisect_right(self.times, time) - 1

    def next_after(self, time: int) -> int:
        """Return when the frame shown at a time gives way to the next, or to the end."""
        following = bisect_right(self.times, time)
        return self.times[following] if following < len(self.times) else self.end

    def run(self, first: int, last: int) -> range | None:
        """Return which packets hold the frames of two ranks and all between, None if no run of them does just that.

        The run starts with a key frame. Nothing in it refers to a frame before it: such frames, the leading ones of an
        open group, are shown before the key frame, and so would be in the run without being wanted.
        """
        begin = self.coded.index(self.ticks[first])
        run = range(begin, begin + last - first + 1)
        shown = {tick for tick in self.coded[run.start : run.stop] if tick is not None}
        alone = len(shown) == len(run) and min(shown) == self.ticks[first] and max(shown) == self.ticks[last]
        return run if alone and begin in self.keys else None


def scan(path: Path, until: int) -> Reel:
    """Read the packets of a file, as far as is needed to know what is shown up to a time and for how long.

    Args:
        path: a video file.
        until: nanoseconds since its first presented frame.

    Returns:
        its frames. Where the file goes on beyond `until`, its later frames are left out, and `end` is when one of them
        is shown.

    Raises:
        MediaError: the file is missing, is no video, is damaged, or is cut off before that time.
    """
    first = first_picture(path)
    try:
        with open_track(path) as track:
            scanning = _Scanning(track, clock_of(track, first), until, reliable=not first.interlaced_frame)
            return scanning.reel()
    except Damage as damage:
        raise broken_off(path, damage, 0, "second") from damage


class _Scanning:
    """Collects what the packets of a track say."""

    def __init__(self, track: Track, clock: Clock, until: int, *, reliable: bool) -> None:
        self._track = track
        self._clock = clock
        self._until = clock.ticks(until)
        self._reliable = reliable and track.stream.codec_context.name in _ONE_FRAME_A_PACKET
        self._timeline = Timeline(track.time_base)
        self._coded: list[int | None] = []
        self._keys: set[int] = set()
        self._shown: list[int] = []
        self._beyond: int | None = None

    def reel(self) -> Reel:
        whole = self._read()
        end = self._timeline.end(self._track.rate) if whole else self._beyond
        self._shown.sort()
        return Reel(
            path=self._track.path,
            time_base=self._track.time_base,
            coded=self._coded,
            keys=frozenset(self._keys if self._reliable else ()),
            ticks=self._shown,
            times=[self._clock.time(tick) for tick in self._shown],
            end=self._clock.time(self._clock.zero if end is None else end),
        )

    def _read(self) -> bool:
        """Note packets; return whether the file was read to its end."""
        for packet in self._packets():
            if self._beyond is not None and packet.dts is not None and packet.dts >= self._beyond:
                return False
            self._note(packet)
        reason = shortfall(self._track, self._timeline)
        if reason:
            raise Damage(reason, self._clock.time(max(self._shown, default=self._clock.zero)))
        return True

    def _packets(self) -> Iterator[Packet[VideoStream]]:
        time = 0
        try:
            for packet in self._track.packets_from_key():
                if packet.is_corrupt:
                    raise Damage("a packet is not whole", time)
                time = max(time, self._clock.time(decided_before(packet) or self._clock.zero))
                yield packet
        except av.FFmpegError as error:
            raise Damage(f"reading failed: {error.strerror}", time) from error

    def _note(self, packet: CodedFrame) -> None:
        self._timeline.note(packet)
        stamp = packet.dts if packet.pts is None else packet.pts
        shown = stamp is not None and stamp >= self._clock.zero and not packet.is_discard
        if packet.is_keyframe:
            self._keys.add(len(self._coded))
        self._coded.append(packet.pts if shown else None)
        if stamp is None or not shown:
            return
        self._reliable = self._reliable and packet.pts is not None
        self._shown.append(stamp)
        if stamp > self._until:
            self._beyond = stamp if self._beyond is None else min(self._beyond, stamp)
