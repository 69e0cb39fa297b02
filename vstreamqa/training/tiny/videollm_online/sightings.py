"""What single frames show, in numbers: what the tower learns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from vstreamqa.build.mini import ROOMS, Visit, World
from vstreamqa.build.mini.paths import SLIDE
from vstreamqa.build.mini.render import place
from vstreamqa.training.tiny.doings import DOINGS, NAMES, doing

NOBODY = -1
"""Label of a patch that shows neither a character nor certainly none."""

_CLOSE = 0.15
_FAR = 0.3


@dataclass(frozen=True, slots=True, kw_only=True)
class Sightings:
    """What frames show.

    Attributes:
        doings: float32 [frames, `DOINGS`], 1 where a character is fully in view doing that.
        names: float32 [frames, characters], 1 where anything of a character is in view.
        rooms: int64 [frames].
        patch_doings: int64 [frames, patches], what the character there does, `DOINGS` for no character near,
            `NOBODY` where that is uncertain.
    """

    doings: Tensor
    names: Tensor
    rooms: Tensor
    patch_doings: Tensor


def sightings(world: World, times: Sequence[int], side: int) -> Sightings:
    """Return what frames show.

    Args:
        world: the world.
        times: of the frames, milliseconds.
        side: patches along an edge of the tower's square.
    """
    doings = np.zeros((len(times), DOINGS), np.float32)
    names = np.zeros((len(times), len(NAMES)), np.float32)
    patches = np.full((len(times), side, side), DOINGS, np.int64)
    for row, time in enumerate(times):
        for visit in world.visits_at(time):
            names[row, NAMES.index(visit.who)] = 1
            if is_whole(visit, time):
                doings[row, doing(visit)] = 1
        _mark(patches[row], world, time)
    return Sightings(
        doings=torch.from_numpy(doings),
        names=torch.from_numpy(names),
        rooms=torch.tensor([ROOMS.index(world.stay_at(time).room) for time in times]),
        patch_doings=torch.from_numpy(patches.reshape(len(times), -1)),
    )


def is_whole(visit: Visit, time: int) -> bool:
    """Tell whether all of a character can be seen."""
    return visit.enter + SLIDE <= time <= visit.leave - SLIDE


def joined(parts: Sequence[Sightings]) -> Sightings:
    """Put the labels of several worlds together, in order."""
    return Sightings(
        doings=torch.cat([part.doings for part in parts]),
        names=torch.cat([part.names for part in parts]),
        rooms=torch.cat([part.rooms for part in parts]),
        patch_doings=torch.cat([part.patch_doings for part in parts]),
    )


def _mark(patches: npt.NDArray[np.int64], world: World, time: int) -> None:
    """Label patches [side, side] by the distance of their middles from the characters'."""
    middles = (np.arange(len(patches)) + 0.5) / len(patches)
    for visit, distance in _distances(world, time, middles):
        # A little late or early, whoever comes in or goes is elsewhere.
        patches[distance < _FAR] = NOBODY
        if is_whole(visit, time):
            patches[distance < _CLOSE] = doing(visit)


def _distances(
    world: World, time: int, middles: npt.NDArray[np.float64]
) -> Iterator[tuple[Visit, npt.NDArray[np.float64]]]:
    for visit in world.visits_at(time):
        x, y = place(visit, time)
        yield visit, np.hypot(middles[None, :] - x, middles[:, None] - y)
