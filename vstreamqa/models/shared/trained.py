"""The tiny trained checkpoints that come with the project."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from vstreamqa.errors import VStreamQAError
from vstreamqa.resources import project_folder


def trained_folder(name: str) -> Path:
    """Return the folder of a checkpoint that comes with the project.

    Raises:
        VStreamQAError: it is missing from this installation.
    """
    folder = project_folder("baselines") / "checkpoints" / name
    if not folder.is_dir():
        raise VStreamQAError(f"{folder}: the checkpoint is missing from this installation; reinstall vstreamqa")
    return folder


def checkpoint_place(checkpoint: str, *, trained: str, random: Callable[[], Path]) -> str:
    """Return where the checkpoint of a request is.

    Args:
        checkpoint: "demo" for the trained one that comes with the project, "random" for one with random weights,
            else a folder or a hub name.
        trained: name of the trained one.
        random: makes the other and returns its folder.
    """
    if checkpoint == "demo":
        return str(trained_folder(trained))
    return str(random()) if checkpoint == "random" else checkpoint
