"""The tiny trained checkpoints that come with the project."""

from __future__ import annotations

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
