"""Where a character walks: in from a side, about in its lane, close to the other if there is one, and out again."""

from __future__ import annotations

from random import Random
from typing import Literal

from vstreamqa.build.mini.world import SECOND, Waypoint

Lane = Literal["left", "middle", "right"]

SLIDE = 300
"""Milliseconds it takes to come in or to go out."""

_ROAM: dict[Lane, tuple[float, float]] = {"left": (0.22, 0.28), "middle": (0.3, 0.7), "right": (0.72, 0.78)}
_MEET: dict[Lane, float] = {"left": 0.33, "middle": 0.5, "right": 0.67}
_HEIGHT = (0.48, 0.62)
_OUTSIDE = 0.4


def walk(
    rng: Random, lane: Lane, enter: int, leave: int, meets: tuple[int, int] | None
) -> tuple[tuple[Waypoint, ...], Literal[1, -1]]:
    """Return a path and the side it looks to.

    Args:
        rng: source of the draws.
        lane: which part of the picture it keeps to.
        enter: when it comes into view, ms.
        leave: when it is gone, ms.
        meets: first and last whole second that it shares with another, or None.
    """
    faces: Literal[1, -1] = 1 if lane == "left" or (lane == "middle" and rng.random() < 0.5) else -1
    behind, ahead = (-_OUTSIDE, 1 + _OUTSIDE)[::faces]
    stops = [(enter + SLIDE, rng.uniform(*_ROAM[lane])), (leave - SLIDE, rng.uniform(*_ROAM[lane]))]
    if meets is not None:
        stops[1:1] = [(sum(meets) * SECOND // 2, _MEET[lane])]
    # With another in view it goes out by the side it came from, so that the two never cross.
    points = [(enter, behind), *stops, (leave, ahead if lane == "middle" else behind)]
    height = rng.uniform(*_HEIGHT)
    return tuple(Waypoint(time, x, height) for time, x in points), faces
