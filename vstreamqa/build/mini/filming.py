"""The jobs that film a world and put it where its stream looks for it."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

from vstreamqa.atomic import build_once, hidden_beside
from vstreamqa.build.draft import Job
from vstreamqa.build.mini.world import World
from vstreamqa.schema import Stream


def film_job(world: World, stream: Stream, rate: Fraction | None = None, note: str = "") -> Job:
    """Return the job that films a world.

    Args:
        world: what is filmed.
        stream: whose media it becomes.
        rate: frames per second of a video file; None for the next of the cameras.
        note: what else the pictures depend on, where the same world can be filmed in more than one way.
    """
    path = stream.media.path

    def run(root: Path, _: Sequence[str]) -> None:
        if world.settings.unit == "keyframe":
            _film_keyframes(world, root / path)
        else:
            _film_video(world, root / path, rate)

    return Job(name=path, keys={path: f"world {world.split} {world.seed} {world.index}{note}"}, run=run)


def _film_keyframes(world: World, folder: Path) -> None:
    from vstreamqa.build.mini.keyframes import write_keyframes

    build_once(folder, lambda empty: write_keyframes(world, empty))


def _film_video(world: World, path: Path, rate: Fraction | None) -> None:
    from vstreamqa.build.mini.video import CAMERAS, Camera, write_video

    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = hidden_beside(path)
    try:
        write_video(world, temporary, CAMERAS[world.index % len(CAMERAS)] if rate is None else Camera(rate))
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
