"""Where the checkpoint of a judge is, and which weights it has; nothing here imports torch."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from vstreamqa.errors import UserError
from vstreamqa.pretrained.files import hash_of, named_digests, weight_paths
from vstreamqa.pretrained.hub import cached_folder, commit_of, commit_on_hub, fetch, is_hub_name

_SMALL = ("*.json", "*.jinja", "*.txt", "*.model")
"""Config, tokenizer and chat template."""
_WEIGHTS = ("model*.safetensors", "pytorch_model*.bin")
"""In the order in which they are wanted. No others: some repositories hold their weights a second time."""
_SETTINGS = ("config.json", "tokenizer.json", "tokenizer.model", "tokenizer_config.json", "chat_template.jinja")


@dataclass(frozen=True, slots=True)
class Source:
    """A checkpoint that was found.

    Attributes:
        name: of a repository on the hub, or path of a folder, as given.
        folder: holds config, tokenizer and chat template; the weights too, unless they are yet to be fetched.
        revision: commit of the hub; of another folder SHA-256 over the names and SHA-256s of its weights, config and
            tokenizer.
    """

    name: str
    folder: Path
    revision: str

    def with_weights(self) -> Path:
        """Return the folder once the weights are in it.

        Raises:
            UserError: they cannot be fetched.
        """
        if not _has_weights(self.folder):
            for pattern in _WEIGHTS:
                fetch(self.name, self.revision, (*_SMALL, pattern))
                if _has_weights(self.folder):
                    break
        weight_paths(self.folder)
        return self.folder


def find_source(name: str, revision: str | None) -> Source:
    """Find a checkpoint: a folder, in the hub's cache, or on the hub, of which the weights are left for later.

    What the cache has is used as it is: without a revision, the main branch as it was last seen.

    Raises:
        UserError: it is not there, cannot be fetched, or a folder is named with a revision.
    """
    folder = on_this_disk(name, revision)
    if folder is not None:
        return Source(name, folder, revision_of(folder))
    if Path(name).expanduser().is_dir():
        where = Path(name).expanduser()
        if revision is not None:
            raise UserError(f"a folder has no revisions; leave @{revision} out")
        weight_paths(where)
        raise UserError(f"{where}: no config.json; name the folder of a checkpoint of transformers")
    if not is_hub_name(name):
        raise UserError("no such folder; name a checkpoint's folder or its hub name")
    try:
        commit = commit_on_hub(name, revision)
        return Source(name, fetch(name, commit, _SMALL), commit)
    except UserError as error:
        raise UserError(f"not on this disk, and {error}; name a folder, or try again with a network") from error


def on_this_disk(name: str, revision: str | None) -> Path | None:
    """Return the folder of a checkpoint whose config and weights are on this disk, None of any other."""
    folder = Path(name).expanduser()
    if folder.is_dir():
        return folder if revision is None and _is_whole(folder) else None
    cached = cached_folder(name, revision) if is_hub_name(name) else None
    return cached if cached is not None and _is_whole(cached) else None


def revision_of(folder: Path) -> str:
    """Return the commit of a folder of the hub's cache; of any other, the hash of what it holds (`Source`)."""
    settings = [folder / name for name in _SETTINGS if (folder / name).is_file()]
    return commit_of(folder) or hash_of(named_digests([*weight_paths(folder), *settings]))


def _is_whole(folder: Path) -> bool:
    return (folder / "config.json").is_file() and _has_weights(folder)


def _has_weights(folder: Path) -> bool:
    try:
        return bool(weight_paths(folder))
    except UserError:
        return False
