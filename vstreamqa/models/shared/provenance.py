"""Which weights a model was loaded from."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from vstreamqa.pretrained.hub import commit_of
from vstreamqa.pretrained.weights import WeightFiles, combined_hash
from vstreamqa.schema import Checkpoint


def provenance_of(
    checkpoint: str,
    *,
    folder: Path,
    revision: str | None,
    name: str | None,
    files: tuple[WeightFiles, ...],
    settings: Iterable[Path],
) -> Checkpoint:
    """Return which weights these are.

    Args:
        checkpoint: folder or hub name, as given.
        folder: where it was found.
        revision: hub revision, as given.
        name: what to call it in records, if not as given.
        files: the weights.
        settings: files beside them that can change an answer; those that are not there are left out.

    Returns:
        The checkpoint: `hash` is SHA-256 over name and SHA-256 of every file, `weights_bytes` the size of the weights
        on disk.
    """
    return Checkpoint(
        id=name or checkpoint,
        revision=commit_of(folder) or revision,
        hash=combined_hash(files, [path for path in settings if path.is_file()]),
        weights_bytes=sum(group.size_bytes() for group in files),
    )
