"""Take pictures of a world: any moment, in any order, each depending on the world and the moment alone."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from vstreamqa.build.mini.draw import draw
from vstreamqa.build.mini.names import CHARACTERS, Colour
from vstreamqa.build.mini.randomness import draws
from vstreamqa.build.mini.rooms import Picture, room_picture, shade
from vstreamqa.build.mini.world import SECOND, Visit, World

_TRACK: Colour = (20, 20, 20)
_SECONDS: Colour = (255, 255, 255)
_MINUTES: Colour = (255, 140, 0)
_SPARE = 64
"""Pixels by which the sheet of noise is larger than a picture on each axis: 65 x 65 places to cut one out."""


def render(world: World, time: int) -> npt.NDArray[np.uint8]:
    """Take the picture at a time in milliseconds: uint8 RGB [size, size, 3]."""
    settings = world.settings
    chance = draws(world.split, world.seed, world.index, "frame", time)
    margin = round(settings.jitter * settings.size)
    room = room_picture(world.stay_at(time).room, settings.size, margin)
    across, down = chance.randint(0, 2 * margin), chance.randint(0, 2 * margin)
    picture = room[down : down + settings.size, across : across + settings.size].copy()
    for visit in world.visits_at(time):
        x, y = place(visit, time)
        shake = (across - margin) / settings.size, (down - margin) / settings.size
        phase = time / SECOND * 2 * math.pi * 0.9
        draw(picture, CHARACTERS[visit.who], visit.action, x - shake[0], y - shake[1], visit.faces, phase)
    if settings.clock:
        _draw_clock(picture, time)
    if settings.noise:
        _add_noise(picture, settings.noise, chance.randint(0, _SPARE), chance.randint(0, _SPARE))
    return np.clip(picture, 0, 255, out=picture).astype(np.uint8)


def render_all(world: World, times: Iterable[int]) -> npt.NDArray[np.uint8]:
    """Take pictures at several times: uint8 RGB [n, size, size, 3]."""
    pictures = [render(world, time) for time in times]
    size = world.settings.size
    return np.stack(pictures) if pictures else np.empty((0, size, size, 3), np.uint8)


def place(visit: Visit, time: int) -> tuple[float, float]:
    """Return where the middle of a character is, as shares of the picture's edge."""
    path = visit.path
    after = min(max(bisect_right(path, time, key=lambda point: point.time), 1), len(path) - 1)
    a, b = path[after - 1], path[after]
    share = min(max((time - a.time) / (b.time - a.time), 0.0), 1.0)
    return a.x + share * (b.x - a.x), a.y + share * (b.y - a.y)


def _draw_clock(picture: Picture, time: int) -> None:
    """Draw two bars at the bottom: the second within the minute, the minute within the half hour."""
    seconds, minutes = time / SECOND % 60 / 60, time / SECOND / 60 % 30 / 30
    thick = max(1, picture.shape[0] // 32)
    _draw_bar(picture[-thick:], seconds, _SECONDS)
    _draw_bar(picture[-2 * thick : -thick], minutes, _MINUTES)


def _draw_bar(strip: Picture, share: float, colour: Colour) -> None:
    strip[:] = shade(_TRACK)
    strip[:, : round(share * strip.shape[1])] = shade(colour)


def _add_noise(picture: Picture, deviation: float, across: int, down: int) -> None:
    size = picture.shape[0]
    picture += np.float32(deviation) * _noise_sheet(size)[down : down + size, across : across + size]


@lru_cache(maxsize=8)
def _noise_sheet(size: int) -> Picture:
    """Return normal noise that is cut from at random places: drawing it anew would cost more than all the rest."""
    seed = draws("noise", size).getrandbits(64)
    edge = size + _SPARE
    return np.random.default_rng(seed).standard_normal((edge, edge, 3), dtype=np.float32)
