"""Draw one character with what shows its action, onto a patch of the picture.

Everything is drawn in units of the character's radius around its middle, y downwards, from signed distances: a shape
covers a pixel by how far the pixel lies inside, which gives smooth edges at any size.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from vstreamqa.build.mini.names import COLOURS, Character, Colour
from vstreamqa.build.mini.rooms import Picture, shade

RADIUS = 0.115
"""Of a character, as a share of the picture's edge."""

_REACH = 2.4
_OUTLINE = 0.2
_BLACK: Colour = (0, 0, 0)
_WHITE: Colour = (255, 255, 255)
_RAISE = 0.95
_SLANT = float(np.hypot(1.9, 1.0))

_SHAPES: Mapping[str, Callable[[Picture, Picture], Picture]] = {
    "ball": lambda x, y: np.hypot(x, y) - 1,
    "box": lambda x, y: np.maximum(np.abs(x), np.abs(y)) - np.float32(0.88),
    "cone": lambda x, y: np.maximum(y - np.float32(0.85), (1.9 * np.abs(x) - (y + 1.15)) / _SLANT),
}


def draw(picture: Picture, who: Character, action: str, x: float, y: float, faces: int, phase: float) -> None:
    """Draw a character into a picture of float32 grey levels [size, size, 3], in place.

    Args:
        picture: what is drawn upon.
        who: the character.
        action: what it does.
        x: middle of the character, share of the picture's edge.
        y: as `x`, downwards.
        faces: 1 if it looks to the right, -1 if to the left.
        phase: how far it is in its movement, radians.
    """
    radius = RADIUS * picture.shape[0]
    brush = _Brush.around(picture, x, y, radius)
    if brush is not None:
        _BEHIND[action](brush, faces, phase)
        _draw_body(brush, who, *_POSES[action](phase))


class _Brush:
    """A patch of the picture, and for each of its pixels the place in radii from the character's middle."""

    def __init__(self, patch: Picture, x: Picture, y: Picture, radius: float) -> None:
        self.patch, self.x, self.y, self.radius = patch, x, y, radius

    @classmethod
    def around(cls, picture: Picture, x: float, y: float, radius: float) -> _Brush | None:
        size = picture.shape[0]
        left, right = _clip((x * size, radius), size)
        top, bottom = _clip((y * size, radius), size)
        if left >= right or top >= bottom:
            return None
        columns = (np.arange(left, right, dtype=np.float32) + 0.5 - x * size) / radius
        rows = (np.arange(top, bottom, dtype=np.float32) + 0.5 - y * size) / radius
        return cls(picture[top:bottom, left:right], columns[None, :], rows[:, None], radius)

    def fill(self, distance: Picture, colour: Colour, opacity: float = 1.0) -> None:
        """Paint where the signed distance, in radii, is below 0."""
        cover = np.clip(0.5 - distance * np.float32(self.radius), 0, 1)[..., None] * np.float32(opacity)
        self.patch += cover * (shade(colour) - self.patch)


def _clip(place: tuple[float, float], size: int) -> tuple[int, int]:
    middle, radius = place
    return max(0, int(middle - _REACH * radius)), min(size, int(middle + _REACH * radius) + 1)


def _draw_body(brush: _Brush, who: Character, lift: float, turn: float) -> None:
    x, y = brush.x, brush.y + np.float32(lift)
    cosine, sine = np.float32(np.cos(turn)), np.float32(np.sin(turn))
    distance = _SHAPES[who.shape](cosine * x + sine * y, cosine * y - sine * x)
    brush.fill(distance - np.float32(_OUTLINE), _BLACK)
    brush.fill(distance, COLOURS[who.colour])


def _box(x: Picture, y: Picture, middle: tuple[float, float], half: tuple[float, float]) -> Picture:
    across, down = np.abs(x - np.float32(middle[0])) - np.float32(half[0]), np.abs(y - np.float32(middle[1]))
    distance: Picture = np.maximum(across, down - np.float32(half[1]))
    return distance


def _speed_lines(brush: _Brush, faces: int, phase: float) -> None:
    reach = 0.42 + 0.08 * float(np.sin(phase))
    for height in (-0.6, 0.0, 0.6):
        brush.fill(_box(brush.x, brush.y, (-1.8 * faces, height), (reach, 0.12)), _WHITE)


def _shadow(brush: _Brush, faces: int, phase: float) -> None:
    brush.fill(np.hypot(brush.x, (brush.y - np.float32(1.0)) * 4) - np.float32(0.95), _BLACK, 0.75)


def _arcs(brush: _Brush, faces: int, phase: float) -> None:
    ring = np.abs(np.hypot(brush.x, brush.y) - np.float32(1.75)) - np.float32(0.14)
    gap = np.float32(0.25) - np.sin(2 * (np.arctan2(brush.y, brush.x) - np.float32(faces * phase)))
    brush.fill(np.maximum(ring, gap * np.float32(0.9)), _WHITE)


def _flag(brush: _Brush, faces: int, phase: float) -> None:
    brush.fill(_box(brush.x, brush.y, (0.0, -1.6), (0.12, 0.75)), _BLACK)
    ripple = np.float32(0.12) * np.sin(3 * brush.x + np.float32(phase))
    brush.fill(_box(brush.x, brush.y + ripple, (0.65 * faces, -1.85), (0.55, 0.4)), _WHITE)


_BEHIND: Mapping[str, Callable[[_Brush, int, float], None]] = {
    "running": _speed_lines,
    "jumping": _shadow,
    "spinning": _arcs,
    "waving": _flag,
}
_POSES: Mapping[str, Callable[[float], tuple[float, float]]] = {
    "running": lambda phase: (0.06 * abs(float(np.sin(phase))), 0.0),
    "jumping": lambda phase: (_RAISE + 0.25 * abs(float(np.sin(phase))), 0.0),
    "spinning": lambda phase: (0.0, 0.3 * float(np.sin(phase))),
    "waving": lambda phase: (0.0, 0.0),
}
"""Lift above the ground in radii, and turn in radians."""
