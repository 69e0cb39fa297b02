"""Decode a video track once, from front to back, and give its pictures in presentation order.

Times are nanoseconds since the first presented frame. What is not wanted is not decoded where the container's key
frames can be relied on (see `vstreamqa.video.gop`), and reading never goes back: the one seek there is goes forward,
right after the first frame, to the last key frame before a start that lies far in.

A walk is first made with threads and with leaving out. Where that meets anything odd (a decoding error, a damaged
frame, a "key frame" that decoding cannot start at) it is made again from the first frame with one thread and without
leaving out, which alone can tell a fault of the file, and its exact time, from a fault of the shortcut.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import chain
from pathlib import Path

import av
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from vstreamqa.schema import NANOSECONDS
from vstreamqa.video.background import Stopped
from vstreamqa.video.container import Track, open_track
from vstreamqa.video.decoder import Broken, Decoder, Doubt, decided_before
from vstreamqa.video.faults import Damage, unreadable
from vstreamqa.video.gop import Decode, Everything, GopFilter, Restart
from vstreamqa.video.grid import Grid, Shown
from vstreamqa.video.shortfall import shortfall
from vstreamqa.video.timeline import Clock, Timeline

FAR = 5 * NANOSECONDS
"""A start further in than this is sought, not read up to."""

_REMEDY = "fetch the file again or re-encode it"

logger = logging.getLogger(__name__)


def pictures(path: Path, grid: Grid, stopped: Stopped) -> Iterator[Shown[VideoFrame]]:
    """Yield the pictures needed to know what is shown at each grid time, then a mark of the end.

    Raises:
        MediaError: the file is missing, is no video, or none of its frames can be decoded.
        Damage: the file is damaged or cut off; a mark of the end at the fault's time comes before.
    """
    reached = -1
    try:
        with open_track(path) as track:
            for shown in Walk(track, grid, stopped, careful=False).pictures():
                reached = max(reached, shown.time)
                yield shown
        return  # noqa: TRY300 - the careful walk below is what follows doubt
    except Doubt as doubt:
        logger.debug("%s: %s; reading it again with care", path, doubt)
    with open_track(path) as track:
        walk = Walk(track, grid, stopped, careful=True)
        yield from (shown for shown in walk.pictures() if shown.picture is None or shown.time > reached)


class Walk:
    """One pass over a track.

    Attributes:
        decoder: what decodes it, with its counts.
    """

    def __init__(self, track: Track, grid: Grid, stopped: Stopped, *, careful: bool) -> None:
        self.decoder = Decoder(track, careful=careful)
        self._track = track
        self._grid = grid
        self._stopped = stopped
        self._shortcuts = track.indexed and not careful
        self._timeline = Timeline(track.time_base)
        self._filter: Everything[Packet[VideoStream]] | GopFilter[Packet[VideoStream]] = Everything()

    @property
    def packets(self) -> int:
        """How many packets of frames to be shown have been read."""
        return self._timeline.packets

    def pictures(self) -> Iterator[Shown[VideoFrame]]:
        """Yield pictures as the function `pictures` does, or raise `Doubt`."""
        try:
            yield from self._sound_pictures()
        except Broken as broken:
            yield from self._rescue(broken)
            if self.decoder.clock is None:
                raise unreadable(self._track.path, f"no frame can be read: {broken.reason}", _REMEDY) from broken
            damage = Damage(broken.reason, self._readable_until(broken.before))
            yield Shown(damage.time, None)
            raise damage from broken

    def _sound_pictures(self) -> Iterator[Shown[VideoFrame]]:
        packets = self._read(self._track.packets_from_key())
        yield from self._first_pictures(packets)
        if self._shortcuts and self.decoder.clock is not None:
            packets = self._from_start(packets, self.decoder.clock)
            self._filter = GopFilter(self._wanted_from)
        for packet in packets:
            yield from self._do(self._filter.push(packet))
            if self._filter.finished:
                yield from self.decoder.drain()
                yield Shown(self._clock.time(packet.dts or 0), None)
                return
        if not self._stopped():
            yield from self._finish()

    def _first_pictures(self, packets: Iterator[Packet[VideoStream]]) -> Iterator[Shown[VideoFrame]]:
        """Decode until the first frame is out: its time stamp is the zero of all others."""
        for packet in packets:
            yield from self.decoder.decode(packet)
            if self.decoder.clock is not None:
                return

    def _finish(self) -> Iterator[Shown[VideoFrame]]:
        end = self._timeline.end(self._track.rate)
        if end is not None:
            yield from self._do(self._filter.finish(end))
        yield from self.decoder.drain()
        if end is None or self.decoder.clock is None:
            raise unreadable(self._track.path, "no frame can be decoded", _REMEDY)
        yield Shown(self._clock.time(end), None)

    def _read(self, packets: Iterable[Packet[VideoStream]]) -> Iterator[Packet[VideoStream]]:
        """Yield packets until the consumer has gone, one behind: the last before a cut may not be whole."""
        previous: Packet[VideoStream] | None = None
        try:
            for packet in self._whole(packets):
                if previous is not None:
                    yield previous
                previous = packet
        except Broken:
            if previous is not None:
                yield previous
            raise
        if previous is None or self._stopped():
            return
        reason = shortfall(self._track, self._timeline)
        if reason:
            raise Broken(reason, decided_before(previous))
        yield previous

    def _whole(self, packets: Iterable[Packet[VideoStream]]) -> Iterator[Packet[VideoStream]]:
        iterator = iter(packets)
        while not self._stopped():
            try:
                packet = next(iterator, None)
            except av.FFmpegError as error:
                raise Broken(f"reading failed: {error.strerror}") from error
            if packet is None:
                return
            if packet.is_corrupt:
                raise Broken("a packet is not whole", decided_before(packet))
            self._timeline.note(packet)
            yield packet

    def _from_start(self, packets: Iterator[Packet[VideoStream]], clock: Clock) -> Iterator[Packet[VideoStream]]:
        """Go forward to the last key frame before a start that lies far in; verified, since indexes lie."""
        if self._grid.start < FAR or not self._timeline.has_durations:
            return packets
        sought = self._track.packets_from_key_before(clock.ticks(self._grid.start))
        first = None if sought is None else next(sought, None)
        if sought is None or first is None or first.pts is None:
            raise Doubt("seeking did not lead to a key frame before the start")
        self.decoder.restart(first.pts)
        return self._read(chain([first], sought))

    def _wanted_from(self, dts: int) -> int | None:
        wanted = self._grid.first_from(self._clock.time(dts))
        return None if wanted is None else self._clock.ticks(wanted)

    def _do(self, steps: Iterable[Decode[Packet[VideoStream]] | Restart]) -> Iterator[Shown[VideoFrame]]:
        for step in steps:
            if isinstance(step, Decode):
                yield from self.decoder.decode(step.packet)
            else:
                yield from self.decoder.drain()
                self.decoder.restart(step.pts)

    def _rescue(self, broken: Broken) -> Iterator[Shown[VideoFrame]]:
        yield from self._do(self._filter.release())
        with suppress(Broken):
            yield from self.decoder.rescue(broken.before)

    def _readable_until(self, before: int | None) -> int:
        """Return the time up to which it is certain what is shown."""
        last = self.decoder.last or 0
        if before is None:
            before = last + (self._timeline.interval() or 1)
        return self._clock.time(max(before, last + 1))

    @property
    def _clock(self) -> Clock:
        if self.decoder.clock is None:
            raise RuntimeError("no frame has been decoded yet")
        return self.decoder.clock
