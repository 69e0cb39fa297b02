"""Write a world as a folder of keyframes, named as MovieNet names its own."""

from __future__ import annotations

from pathlib import Path

from PIL import Image

from vstreamqa.build.mini.randomness import draws
from vstreamqa.build.mini.render import render
from vstreamqa.build.mini.world import SECOND, World

_QUALITY = 92
_FIRST_SHOTS = (12, 900)
"""A clip seldom starts with its film: its first shot has a number far above 0."""


def write_keyframes(world: World, folder: Path) -> None:
    """Write `shot_0387_img_0.jpg` and so on into an empty folder, as many to a shot as the world's settings say."""
    per_shot = world.settings.shot
    first = draws(world.split, world.seed, world.index, "first shot").randint(*_FIRST_SHOTS)
    for rank in range(round(world.settings.length)):
        shot, image = divmod(rank, per_shot)
        picture = Image.fromarray(render(world, rank * SECOND))
        picture.save(folder / f"shot_{first + shot:04d}_img_{image}.jpg", quality=_QUALITY)
