"""Folders that belong to the project: beside the package in a checkout, inside it once installed; and the user's."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

from vstreamqa.errors import VStreamQAError

_PACKAGE = Path(__file__).resolve().parent


def project_folder(name: str) -> Path:
    """Return a folder of the project by its path: `baselines`, `data_cards`, or one below `leaderboard`."""
    for parent in (_PACKAGE, _PACKAGE.parent):
        if (parent / name).is_dir():
            return parent / name
    raise VStreamQAError(f"the folder {name!r} is missing from this installation; reinstall vstreamqa")


def cache_folder() -> Path:
    """Return where things made on demand are kept: `VSTREAMQA_CACHE`, else the user's cache folder."""
    return Path(os.environ.get("VSTREAMQA_CACHE") or platformdirs.user_cache_dir("vstreamqa"))


def data_folder(given: Path | None = None) -> Path:
    """Return where suites are kept: what was given, else `VSTREAMQA_DATA`, else below the cache folder."""
    if given is not None:
        return given
    named = os.environ.get("VSTREAMQA_DATA")
    return Path(named) if named else cache_folder() / "data"
