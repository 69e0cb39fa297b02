"""What is read of a coded frame without decoding it."""

from __future__ import annotations

from typing import Protocol


class CodedFrame(Protocol):
    """A packet of a video track, times in ticks of the track's time base."""

    @property
    def pts(self) -> int | None:
        """When the frame is presented."""
        ...

    @property
    def dts(self) -> int | None:
        """When it is to be decoded: never decreasing from packet to packet, and never after `pts`."""
        ...

    @property
    def duration(self) -> int | None:
        """How long the frame is shown; 0 or None if the file does not say."""
        ...

    @property
    def size(self) -> int:
        """Bytes."""
        ...

    @property
    def is_keyframe(self) -> bool:
        """Decoding can start here."""
        ...

    @property
    def is_discard(self) -> bool:
        """Decoded for the sake of others and never shown: it lies outside the edit list."""
        ...
