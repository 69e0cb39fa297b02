"""What happens in a world and when: rooms, visits and meetings, as plain facts in integer milliseconds.

A world is made for being watched once a second. Everything that begins or ends does so between two whole seconds, and
is over by the next one, so that the frames of the whole seconds tell all of it: a character is fully in view in every
whole second of its visit and nowhere else. A world counted in keyframes is the same thing looked at once a second, its
ranks being the seconds.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Split = Literal["train", "test"]
SECOND = 1000
"""Milliseconds in a second, or between two keyframes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorldSettings:
    """What kind of world.

    Attributes:
        length: seconds (decimals allowed), or number of keyframes.
        unit: what positions count.
        size: edge of the square picture, pixels.
        clock: draw a bar that tells the time within the minute, and one for the minute within the half hour.
        noise: standard deviation of the noise of every pixel of every frame, grey levels.
        jitter: how far the camera shakes to each side, as a share of the picture's edge.
        shot: rooms change only at multiples of this many seconds or keyframes.
        room: shortest and longest stay in a room, in seconds or keyframes.
    """

    length: float
    unit: Literal["second", "keyframe"] = "second"
    size: int = 64
    clock: bool = True
    noise: float = 4.0
    jitter: float = 1 / 64
    shot: int = 1
    room: tuple[int, int] = (9, 18)

    @property
    def duration(self) -> int:
        """Return the length in milliseconds."""
        return round(self.length * SECOND)

    @property
    def last(self) -> int:
        """Return the last moment a question can be asked at: the end, or the last keyframe."""
        return self.duration if self.unit == "second" else self.duration - SECOND


@dataclass(frozen=True, slots=True)
class Stay:
    """The camera's stay in one room, from one hard cut to the next."""

    room: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Waypoint:
    """Where a character stands at a time; x and y are shares of the picture's edge, straight lines between."""

    time: int
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Visit:
    """A character comes into view, does one thing, and leaves.

    Attributes:
        who: name of the character.
        action: what it does all the while.
        room: the room it does it in.
        enter: when the first of it comes into view.
        leave: when the last of it has gone; past the world's end if it stays.
        path: where it is, from `enter` to `leave`.
        faces: 1 if it looks to the right, -1 if to the left.
    """

    who: str
    action: str
    room: str
    enter: int
    leave: int
    path: tuple[Waypoint, ...]
    faces: Literal[1, -1]

    @property
    def settled(self) -> tuple[int, int]:
        """Return the first and last whole second at which it is fully in view."""
        return -(-self.enter // SECOND) * SECOND, self.leave // SECOND * SECOND


@dataclass(frozen=True, slots=True)
class Meeting:
    """Two characters are in view together and come close to each other."""

    first: Visit
    second: Visit

    @property
    def start(self) -> int:
        """Return when the later of the two comes into view."""
        return max(self.first.enter, self.second.enter)

    @property
    def end(self) -> int:
        """Return when the earlier of the two to go has left."""
        return min(self.first.leave, self.second.leave)

    @property
    def settled(self) -> int:
        """Return the first whole second at which both are fully in view."""
        return max(self.first.settled[0], self.second.settled[0])

    @property
    def names(self) -> frozenset[str]:
        """Return who met."""
        return frozenset((self.first.who, self.second.who))


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """A whole timeline. All times in milliseconds from the start.

    Attributes:
        split: `train` and `test` worlds share no randomness.
        seed: of a family of worlds.
        index: of the world in its family.
        settings: what kind of world it is.
        stays: rooms in time order, without gaps.
        visits: in order of entering.
        meetings: every two visits that are in view at the same time.
    """

    split: Split
    seed: int
    index: int
    settings: WorldSettings
    stays: tuple[Stay, ...]
    visits: tuple[Visit, ...]
    meetings: tuple[Meeting, ...]

    def stay_at(self, time: int) -> Stay:
        """Return the stay at a time; after the end, the last one."""
        return next((stay for stay in self.stays if time < stay.end), self.stays[-1])

    def visits_at(self, time: int) -> list[Visit]:
        """Return the visits of which anything is in view at a time."""
        return [visit for visit in self.visits if visit.enter <= time < visit.leave]
