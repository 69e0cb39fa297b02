"""What a window session keeps of a stream, so that it can show what its policy says at any moment."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from vstreamqa.errors import UserError
from vstreamqa.models.base import Pixels
from vstreamqa.models.windowed.policy import Policy
from vstreamqa.models.windowed.sampling import first_still_needed, sampled
from vstreamqa.schema import NANOSECONDS, Unit


@dataclass(frozen=True, slots=True)
class Kept:
    """One frame as it is kept.

    Attributes:
        position: relative to the stream's start, nanoseconds or rank.
        pixels: uint8 [height, width, 3].
    """

    position: int
    pixels: Pixels


class Keeper(Protocol):
    """Takes frames in time order and shows what a question asked now rests on."""

    def keep(self, frame: Kept) -> None:
        """Take a frame in."""
        ...

    def shown(self) -> list[Kept]:
        """Return the frames for a question, in time order; nothing changes."""
        ...

    def __len__(self) -> int:
        """Tell how many frames are held."""
        ...


class UniformPrefix:
    """Everything seen so far, at most `most` frames of it, spread evenly.

    How long the prefix will be when a question comes is not known, and sampling is exact for every length; so what is
    held is frame 0 and every frame that a sample can still ask for, (n - 2) / (n - 1) of the prefix. It grows with the
    stream.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._count = 0
        self._first: Kept | None = None
        self._rest: deque[Kept] = deque()
        self._dropped = 1

    def keep(self, frame: Kept) -> None:
        """Take a frame in and let go of those that no sample will ask for."""
        self._count += 1
        if self._first is None:
            self._first = frame
            return
        self._rest.append(frame)
        needed = first_still_needed(self._count, self._most)
        while self._dropped < needed:
            self._rest.popleft()
            self._dropped += 1

    def shown(self) -> list[Kept]:
        """Return the sampled frames."""
        places = sampled(self._count, self._most)
        return [self._at(place) for place in places]

    def _at(self, place: int) -> Kept:
        assert self._first is not None, "something was seen"
        return self._first if place == 0 else self._rest[place - self._dropped]

    def __len__(self) -> int:
        return len(self._rest) + (self._first is not None)


class LastFrames:
    """The newest `length` frames, at most `most` of them, spread evenly."""

    def __init__(self, length: int, most: int) -> None:
        self._frames: deque[Kept] = deque(maxlen=length)
        self._most = most

    def keep(self, frame: Kept) -> None:
        """Take a frame in; the oldest goes when there are too many."""
        self._frames.append(frame)

    def shown(self) -> list[Kept]:
        """Return the sampled frames."""
        return thinned(self._frames, self._most)

    def __len__(self) -> int:
        return len(self._frames)


class LastSeconds:
    """The frames of the last `seconds`, counted back from the newest (that far back itself is out)."""

    def __init__(self, seconds: float, most: int) -> None:
        self._length = round(seconds * NANOSECONDS)
        self._frames: deque[Kept] = deque()
        self._most = most

    def keep(self, frame: Kept) -> None:
        """Take a frame in; what is too old goes."""
        self._frames.append(frame)
        while self._frames[0].position <= frame.position - self._length:
            self._frames.popleft()

    def shown(self) -> list[Kept]:
        """Return the sampled frames."""
        return thinned(self._frames, self._most)

    def __len__(self) -> int:
        return len(self._frames)


def thinned(frames: Iterable[Kept], most: int) -> list[Kept]:
    """Return at most `most` frames, spread evenly."""
    frames = list(frames)
    return [frames[place] for place in sampled(len(frames), most)]


def new_keeper(policy: Policy, most: int, unit: Unit) -> Keeper:
    """Return what keeps frames for a policy.

    Args:
        policy: the window.
        most: frames that a question rests on, at most.
        unit: what the stream's positions count.

    Raises:
        UserError: the policy counts seconds, and the stream has none.
    """
    if policy.length is None:
        return UniformPrefix(most)
    if policy.kind == "last-frames":
        return LastFrames(int(policy.length), most)
    if unit != "second":
        raise UserError(
            f"policy {policy.name!r}: this stream is counted in {unit}s and has no seconds;"
            " use last-frames:N or uniform"
        )
    return LastSeconds(policy.length, most)
