"""Leave packets undecoded when no wanted time falls on them.

Packets are held back, in decoding order, until it is clear whether a wanted time falls among their frames. If a key
frame at or before the next wanted time follows, what is held is dropped and decoding starts anew at that key frame.
This is exact because every frame of a held packet is shown at or after the decoding time of the first of them: a
grid time before that is served by packets decoded already, and one at or after the key frame by the key frame or
what follows it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

from vstreamqa.video.packets import CodedFrame

MAX_PACKETS = 1024
MAX_BYTES = 32 * 1024 * 1024


P = TypeVar("P", bound=CodedFrame)


@dataclass(frozen=True, slots=True)
class Decode(Generic[P]):
    """Give this packet to the decoder."""

    packet: P


@dataclass(frozen=True, slots=True)
class Restart:
    """Take out what the decoder still holds, and begin anew with the key frame of this presentation tick."""

    pts: int


class Everything(Generic[P]):
    """Decides that every packet is decoded: for tracks whose key frames or time stamps cannot be relied on."""

    finished = False
    dropped = 0

    def push(self, packet: P) -> Iterator[Decode[P] | Restart]:
        """Yield the packet for decoding."""
        yield Decode(packet)

    def finish(self, end: int) -> Iterator[Decode[P] | Restart]:
        """Yield nothing: nothing is held."""
        yield from ()

    def release(self) -> Iterator[Decode[P] | Restart]:
        """Yield nothing: nothing is held."""
        yield from ()


class GopFilter(Generic[P]):
    """Decides packet by packet what is decoded.

    Args:
        wanted_from: the tick of the next wanted time whose frames are not decided by packets before the given
            decoding tick, None if nothing more is wanted.

    Attributes:
        finished: nothing more is wanted; no further packet need be read.
        dropped: packets left undecoded so far.
    """

    def __init__(self, wanted_from: Callable[[int], int | None]) -> None:
        self._wanted_from = wanted_from
        self._held: list[P] = []
        self._held_bytes = 0
        self._latest: int | None = None
        self._sound = True
        self._wanted: int | None = None
        self._restarting: Restart | None = None
        self.finished = False
        self.dropped = 0

    def push(self, packet: P) -> Iterator[Decode[P] | Restart]:
        """Take in the next packet in decoding order and yield what is to be done now."""
        if self._held and self._skips_to(packet):
            self.dropped += len(self._held)
            self._restarting = Restart(packet.pts or 0)
            self._let_go()
        elif self._held and self._must_decode(packet):
            yield from self.release()
        if not self._held:
            self._begin(packet)
            if self.finished:
                return
        self._hold(packet)
        if not self._sound or len(self._held) >= MAX_PACKETS or self._held_bytes >= MAX_BYTES:
            yield from self.release()

    def release(self) -> Iterator[Decode[P] | Restart]:
        """Yield all that is held for decoding."""
        if self._restarting is not None and self._held:
            yield self._restarting
            self._restarting = None
        for packet in self._held:
            yield Decode(packet)
        self._let_go()

    def finish(self, end: int) -> Iterator[Decode[P] | Restart]:
        """Yield what is held at the end of the track, if a time wanted before tick `end` falls on it."""
        if self._wanted is not None and self._wanted >= end:
            self.dropped += len(self._held)
            self._let_go()
        yield from self.release()

    def _begin(self, packet: P) -> None:
        if packet.dts is not None:
            self._wanted = self._wanted_from(packet.dts)
            self.finished = self._wanted is None

    def _hold(self, packet: P) -> None:
        self._held.append(packet)
        self._held_bytes += packet.size
        if packet.pts is None or packet.dts is None or packet.dts > packet.pts:
            self._sound = False
        else:
            self._latest = packet.pts if self._latest is None else max(self._latest, packet.pts)

    def _let_go(self) -> None:
        self._held.clear()
        self._held_bytes = 0
        self._sound = True
        self._latest = None

    def _skips_to(self, packet: P) -> bool:
        return (
            packet.is_keyframe
            and packet.pts is not None
            and packet.dts is not None
            and self._wanted is not None
            and self._latest is not None
            and self._latest < packet.pts <= self._wanted
        )

    def _must_decode(self, packet: P) -> bool:
        return packet.dts is None or self._wanted is None or packet.dts > self._wanted
