"""From packets to pictures with their times: one decoder, watched for anything odd."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from itertools import takewhile

import av
from av.packet import Packet
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from vstreamqa.schema import NANOSECONDS
from vstreamqa.video.container import Track
from vstreamqa.video.grid import Shown
from vstreamqa.video.packets import CodedFrame
from vstreamqa.video.timeline import Clock

_ONE_FRAME_A_PACKET = frozenset({"h264", "hevc", "av1", "libdav1d"})
_LOST = "a frame did not come out of the decoder"
_NO_START = "decoding cannot start at a key frame"
_JUMP = NANOSECONDS
"""A step back in time larger than this is a splice, not a badly stamped frame."""


class Doubt(Exception):  # noqa: N818 - not an error yet: a reason to look again with care
    """A fast decoder met something that only a careful one can judge."""


class Broken(Exception):  # noqa: N818 - carries what is known until pictures before it are rescued
    """The track cannot be read at some packet.

    Attributes:
        reason: what was found, a clause.
        before: tick before which all frames were given to the decoder; None if it is not known.
    """

    def __init__(self, reason: str, before: int | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.before = before


def decided_before(packet: CodedFrame) -> int | None:
    """Return the tick before which nothing can be shown that was not coded before this packet: its decoding time."""
    return packet.pts if packet.dts is None else packet.dts


class Outstanding:
    """Frames given to a decoder that have not come out yet: decoders drop what they cannot decode in silence."""

    def __init__(self, codec: str) -> None:
        self._watching = codec in _ONE_FRAME_A_PACKET
        self._ticks: list[int] = []

    def add(self, packet: CodedFrame) -> None:
        """Note a packet given to the decoder."""
        if self._watching and packet.pts is not None and not packet.is_discard:
            heapq.heappush(self._ticks, packet.pts)

    def passed_over(self, frame: VideoFrame, tick: int) -> int | None:
        """Return the first tick due before a frame that came out, None if there is none."""
        if frame.interlaced_frame:  # its fields may have come as two packets
            self._watching = False
            self._ticks.clear()
        first = self.first()
        while self._ticks and self._ticks[0] <= tick:
            heapq.heappop(self._ticks)
        return first if first is not None and first < tick else None

    def first(self) -> int | None:
        """Return the tick of the first frame that has not come out, None if there is none."""
        return self._ticks[0] if self._ticks else None

    def clear(self) -> None:
        """Expect nothing."""
        self._ticks.clear()


class Decoder:
    """Decodes the packets of a track.

    A careful decoder has one thread, so that an error belongs to the packet just given, and calls it `Broken`. A fast
    one has several and calls it `Doubt`.

    Attributes:
        clock: turns ticks into times; None until the first frame is out.
        last: the latest tick given out, None before the first.
        decoded: frames that came out of the decoder.
    """

    def __init__(self, track: Track, *, careful: bool) -> None:
        self._context: VideoCodecContext = track.stream.codec_context
        self._context.thread_type = "SLICE" if careful else "AUTO"
        self._context.thread_count = 1 if careful else 0
        self._track = track
        self._careful = careful
        self._restarted_at: int | None = None
        self._latest_start: int | None = None
        self._awaits_key = False
        self._first_key: int | None = None
        self._outstanding = Outstanding(track.stream.codec_context.name)
        self.clock: Clock | None = None
        self.last: int | None = None
        self.decoded = 0

    def decode(self, packet: Packet[VideoStream]) -> Iterator[Shown[VideoFrame]]:
        """Decode one packet and yield the pictures that are ready.

        Raises:
            Broken: the packet, or the picture made of it, is damaged.
            Doubt: likewise, or decoding could not start at a key frame, with a fast decoder.
        """
        if self.clock is None and self._first_key is None and packet.is_keyframe:
            self._first_key = packet.pts
        try:
            frames = self._context.decode(packet)
        except av.FFmpegError as error:
            if not self._in_lead(packet.pts):
                raise self._fault(f"decoding failed: {error.strerror}", decided_before(packet)) from error
            return
        self._outstanding.add(packet)
        self._awaits_key = self._awaits_key or self._restarted_at is not None
        for frame in frames:
            yield from self._checked(frame)

    def drain(self) -> Iterator[Shown[VideoFrame]]:
        """Yield the pictures the decoder still holds."""
        try:
            frames = self._context.decode(None)
        except av.FFmpegError as error:
            raise self._fault(f"decoding failed: {error.strerror}", None) from error
        for frame in frames:
            yield from self._checked(frame)
        if self._awaits_key:
            raise Doubt(_NO_START)
        lost = self._outstanding.first()
        if lost is not None and not self._may_be_lost(lost):
            raise self._fault(_LOST, lost)

    def rescue(self, before: int | None) -> Iterator[Shown[VideoFrame]]:
        """Yield those sound pictures the decoder still holds that are shown before a broken packet's."""
        try:
            frames = self._context.decode(None)
        except av.FFmpegError as error:
            if not self._careful:
                raise Doubt(error.strerror) from error
            return
        for frame in takewhile(lambda frame: not frame.is_corrupt, frames):
            if before is None or frame.pts is None or frame.pts < before:
                yield from self._checked(frame)

    def restart(self, pts: int) -> None:
        """Forget everything and expect the key frame of this tick next."""
        self._context.flush_buffers()
        self._outstanding.clear()
        self._awaits_key = False
        self._restarted_at = self._latest_start = pts

    def _checked(self, frame: VideoFrame) -> Iterator[Shown[VideoFrame]]:
        self.decoded += 1
        tick = frame.dts if frame.pts is None else frame.pts
        if tick is None:
            raise self._fault("a frame has no time stamp", None)
        lost = self._outstanding.passed_over(frame, tick)
        if self._restarted_at is not None and not self._has_restarted(frame, tick):
            return
        if lost is not None and not self._may_be_lost(lost):
            raise self._fault(_LOST, lost)
        if frame.is_corrupt:
            if self._in_lead(tick):
                return
            raise self._fault("a frame is damaged", tick)
        yield self._timed(tick, frame)

    def _may_be_lost(self, tick: int) -> bool:
        """Tell whether a frame belongs before the key frame where decoding began: it may refer to what is not there."""
        began = max((key for key in (self._first_key, self._latest_start) if key is not None), default=None)
        return began is None or tick < began

    def _has_restarted(self, frame: VideoFrame, tick: int) -> bool:
        """Tell whether the awaited key frame is out; what precedes it may refer to frames that were left out.

        Containers also mark frames from which a picture only builds up (intra refresh). The decoder knows better.
        """
        if self._restarted_at is None or tick < self._restarted_at:
            return False
        if tick > self._restarted_at or not frame.key_frame:
            raise Doubt(_NO_START)
        self._restarted_at, self._awaits_key = None, False
        return True

    def _timed(self, tick: int, frame: VideoFrame) -> Shown[VideoFrame]:
        if self.clock is None:
            self.clock = Clock(self._track.time_base, zero=tick)
        time = self.clock.time(tick)
        if self.last is not None and time < self.clock.time(self.last) - _JUMP:
            back = (self.clock.time(self.last) - time) / NANOSECONDS
            raise self._fault(f"time stamps jump back by {back:.3f} s", None)
        self.last = tick if self.last is None else max(tick, self.last)
        return Shown(time, frame)

    def _in_lead(self, tick: int | None) -> bool:
        """Tell whether a fault lies before the first picture of a recording that starts within a group of pictures."""
        if self.clock is not None:
            return False
        return self._first_key is None or (tick is not None and tick < self._first_key)

    def _fault(self, reason: str, tick: int | None) -> Broken | Doubt:
        return Broken(reason, tick) if self._careful else Doubt(reason)
