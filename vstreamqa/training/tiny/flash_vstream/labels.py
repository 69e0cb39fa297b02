"""What a frame shows, in numbers: what the tower learns first, and what the words are brought to."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from vstreamqa.build.mini import ACTIONS, CHARACTERS, COLOURS, ROOMS, SECOND, SHAPES, Visit, World
from vstreamqa.build.mini.draw import RADIUS
from vstreamqa.build.mini.render import place
from vstreamqa.training.tiny.doings import DOINGS, doing

TRAITS = (tuple(COLOURS), SHAPES, ACTIONS)
"""What somebody in view has one of each."""
SECONDS_PER_BIN = 4
BINS = 60 // SECONDS_PER_BIN
MINUTES = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Labels:
    """What frames show.

    Attributes:
        doings: float32 [frames, `DOINGS`], 1 where a character is in view doing that.
        rooms: int64 [frames].
        seconds: float32 [frames], second within the minute.
        minutes: int64 [frames], minute within the half hour.
        patches: int64 [frames, side * side, 3], colour, shape and action of who is seen in a patch, each counted
            from 1, and 0 where nobody is.
    """

    doings: npt.NDArray[np.float32]
    rooms: npt.NDArray[np.int64]
    seconds: npt.NDArray[np.float32]
    minutes: npt.NDArray[np.int64]
    patches: npt.NDArray[np.int64]


def labels_at(world: World, seconds: list[int], side: int) -> Labels:
    """Return what the frames of whole seconds show; at those, whoever is in view is fully so.

    Args:
        world: the world.
        seconds: the frames.
        side: patches along the edge of a picture.
    """
    doings = np.zeros((len(seconds), DOINGS), np.float32)
    patches = np.zeros((len(seconds), side, side, len(TRAITS)), np.int64)
    middles = (np.arange(side) + 0.5) / side
    for row, second in enumerate(seconds):
        for visit in world.visits_at(second * SECOND):
            x, y = place(visit, second * SECOND)
            doings[row, doing(visit)] = 1
            covered = np.hypot(middles[:, None] - y, middles[None, :] - x) < RADIUS
            patches[row, covered] = [
                1 + kinds.index(trait) for kinds, trait in zip(TRAITS, _traits(visit), strict=True)
            ]
    return Labels(
        doings=doings,
        rooms=np.array([ROOMS.index(world.stay_at(second * SECOND).room) for second in seconds]),
        seconds=np.array([second % 60 for second in seconds], np.float32),
        minutes=np.array([second // 60 % MINUTES for second in seconds]),
        patches=patches.reshape(len(seconds), side * side, len(TRAITS)),
    )


def _traits(visit: Visit) -> tuple[str, str, str]:
    who = CHARACTERS[visit.who]
    return who.colour, who.shape, visit.action


def joined(parts: list[Labels]) -> Labels:
    """Put the labels of several worlds together, in order."""
    return Labels(
        doings=np.concatenate([part.doings for part in parts]),
        rooms=np.concatenate([part.rooms for part in parts]),
        seconds=np.concatenate([part.seconds for part in parts]),
        minutes=np.concatenate([part.minutes for part in parts]),
        patches=np.concatenate([part.patches for part in parts]),
    )
