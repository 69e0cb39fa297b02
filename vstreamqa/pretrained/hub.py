"""Checkpoints by the name of a folder or of a repository on the Hugging Face hub."""

from __future__ import annotations

import re
from pathlib import Path

from huggingface_hub import snapshot_download

from vstreamqa.errors import UserError

_HUB_NAME = re.compile(r"[\w.-]+(/[\w.-]+)?")
_FILES = ("*.json", "tokenizer.model")


def find_folder(checkpoint: str, revision: str | None) -> Path:
    """Return the folder of a checkpoint, fetching it from the hub if it is no folder.

    Raises:
        UserError: there is no such folder and no such reachable name.
    """
    folder = Path(checkpoint).expanduser()
    if folder.is_dir():
        return folder
    if not _HUB_NAME.fullmatch(checkpoint) or checkpoint.startswith("."):
        raise UserError(f"checkpoint {checkpoint!r}: no such folder; name a checkpoint's folder or its hub name")
    try:
        return _fetch(checkpoint, revision)
    except Exception as error:  # what the hub's client raises depends on its version and its transport
        reason = str(error).strip().partition("\n")[0]
        raise UserError(
            f"checkpoint {checkpoint!r}: no such folder, and the hub gave nothing ({type(error).__name__}: {reason});"
            " name a folder, or try again with a network"
        ) from error


def _fetch(checkpoint: str, revision: str | None) -> Path:
    folder = Path(snapshot_download(checkpoint, revision=revision, allow_patterns=[*_FILES, "*.safetensors"]))
    if any(folder.glob("*.safetensors")):
        return folder
    return Path(snapshot_download(checkpoint, revision=revision, allow_patterns=[*_FILES, "*.bin"]))


def commit_of(folder: Path) -> str | None:
    """Return the commit of a folder in the hub's cache, None of any other."""
    return folder.name if folder.parent.name == "snapshots" else None
