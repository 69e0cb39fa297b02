"""Real annotation rows, which are no part of the project."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

VARIABLE = "VSTREAMQA_ANNOTATIONS"


def annotations_folder(name: str) -> Path:
    """Return the folder of a suite's rows, or skip the test."""
    named = os.environ.get(VARIABLE)
    if not named:
        pytest.skip(f"{VARIABLE} names no folder of annotations")
    return Path(named) / name
