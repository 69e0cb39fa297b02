"""Checkpoints by the name of a folder or of a repository on the Hugging Face hub."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from huggingface_hub import HfApi, snapshot_download, try_to_load_from_cache
from huggingface_hub.errors import HFValidationError

from vstreamqa.errors import UserError

_HUB_NAME = re.compile(r"[\w.-]+(/[\w.-]+)?")
_FILES = ("*.json", "tokenizer.model")
_PROBE_SECONDS = 5.0


def find_folder(checkpoint: str, revision: str | None) -> Path:
    """Return the folder of a checkpoint, fetching it from the hub if it is no folder.

    Raises:
        UserError: there is no such folder and no such reachable name.
    """
    folder = Path(checkpoint).expanduser()
    if folder.is_dir():
        return folder
    if not is_hub_name(checkpoint):
        raise UserError(f"checkpoint {checkpoint!r}: no such folder; name a checkpoint's folder or its hub name")
    try:
        return _fetch(checkpoint, revision)
    except Exception as error:  # what the hub's client raises depends on its version and its transport
        raise UserError(
            f"checkpoint {checkpoint!r}: no such folder, and the hub gave nothing "
            f"({type(error).__name__}: {_first_line(error)}); name a folder, or try again with a network"
        ) from error


def _fetch(checkpoint: str, revision: str | None) -> Path:
    folder = Path(snapshot_download(checkpoint, revision=revision, allow_patterns=[*_FILES, "*.safetensors"]))
    if any(folder.glob("*.safetensors")):
        return folder
    return Path(snapshot_download(checkpoint, revision=revision, allow_patterns=[*_FILES, "*.bin"]))


def commit_of(folder: Path) -> str | None:
    """Return the commit of a folder in the hub's cache, None of any other."""
    return folder.name if folder.parent.name == "snapshots" else None


def is_hub_name(name: str) -> bool:
    """Whether a name can be that of a repository on the hub."""
    return bool(_HUB_NAME.fullmatch(name)) and not name.startswith(".")


def cached_folder(name: str, revision: str | None) -> Path | None:
    """Return where the hub's cache has a repository at a revision, None if it has not; no network is asked.

    Args:
        name: of the repository.
        revision: commit, branch or tag; None for the main branch as it was last seen.
    """
    try:
        config = try_to_load_from_cache(name, "config.json", revision=revision)
    except HFValidationError:
        return None
    return Path(config).parent if isinstance(config, str) else None


def commit_on_hub(name: str, revision: str | None) -> str:
    """Ask the hub for the commit of a repository, once: where there is no network, that is known within seconds.

    Raises:
        UserError: the hub cannot be reached, or has no such repository or revision.
    """
    try:
        commit = HfApi().model_info(name, revision=revision, timeout=_PROBE_SECONDS).sha
    except Exception as error:  # what the hub's client raises depends on its version and its transport
        raise UserError(f"the hub gave nothing ({type(error).__name__}: {_first_line(error)})") from error
    if commit is None:
        raise UserError("the hub names no commit")
    return commit


def fetch(name: str, commit: str, patterns: Sequence[str]) -> Path:
    """Fetch files of a repository and return their folder; what the cache has is not fetched again.

    Raises:
        UserError: the hub does not give them.
    """
    try:
        return Path(snapshot_download(name, revision=commit, allow_patterns=list(patterns)))
    except Exception as error:  # as above
        raise UserError(f"the hub gave nothing ({type(error).__name__}: {_first_line(error)})") from error


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0]
