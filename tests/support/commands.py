"""The program, run in this process or as one of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from footage import regular, write_video

SECONDS = 6


def program(arguments: Sequence[str], *, offline: bool = True) -> subprocess.Popen[str]:
    """Start `vstreamqa` as a process of its own."""
    code = "from vstreamqa.cli import main; main()"
    return subprocess.Popen(
        [sys.executable, "-c", code, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "HF_HUB_OFFLINE": "1"} if offline else None,
    )


def make_clip(folder: Path, name: str = "clip.mp4", seconds: int = SECONDS) -> Path:
    """Write a short H.264 video."""
    folder.mkdir(parents=True, exist_ok=True)
    return write_video(folder / name, regular(seconds * 30))


def make_questions(folder: Path, rows: Sequence[Mapping[str, Any]] | str, name: str = "questions.json") -> Path:
    """Write a questions file; a string is written as it is."""
    path = folder / name
    path.write_text(rows if isinstance(rows, str) else json.dumps(list(rows)))
    return path
