"""The files that hold a checkpoint's weights, and the hash by which they are known; nothing here reads a tensor."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from pathlib import Path

import msgspec

from vstreamqa.errors import UserError

_SHA256 = re.compile(r"[0-9a-f]{64}")
_LISTED = 5


def weight_paths(folder: Path, *, stems: tuple[str, str] = ("model", "pytorch_model")) -> tuple[Path, ...]:
    """Find safetensors or, without any, PyTorch `.bin` files, in a fixed order; sharded ones through their index.

    Args:
        folder: where to look.
        stems: how the names of safetensors and of `.bin` files begin.

    Raises:
        UserError: there are none, or a shard that the index names is missing.
    """
    for stem, suffix in zip(stems, (".safetensors", ".bin"), strict=True):
        single, index = folder / f"{stem}{suffix}", folder / f"{stem}{suffix}.index.json"
        if index.exists():
            return _shards(index)
        if single.exists():
            return (single,)
    raise UserError(f"{folder}: no weights; expected {stems[0]}.safetensors or {stems[1]}.bin, or an index of several")


def named_digests(paths: Iterable[Path]) -> tuple[str, ...]:
    """Return "name sha256" of every file.

    The hub's cache names a large file after its SHA-256, which is taken from there; a file elsewhere is read.
    """
    return tuple(f"{path.name} {_digest(path)}" for path in paths)


def hash_of(digests: Iterable[str]) -> str:
    """Return one hash of several files: SHA-256 over the lines of `named_digests`."""
    return hashlib.sha256("\n".join(digests).encode()).hexdigest()


def listing(names: list[str]) -> str:
    """Return the first few names of a list that may be long."""
    return ", ".join(names[:_LISTED]) + (", ..." if len(names) > _LISTED else "")


def _shards(index: Path) -> tuple[Path, ...]:
    try:
        names = sorted(set(msgspec.json.decode(index.read_bytes())["weight_map"].values()))
    except (msgspec.DecodeError, KeyError, TypeError, AttributeError) as error:
        raise UserError(f"{index}: not an index of weights: {error}") from error
    missing = [name for name in names if not (index.parent / name).exists()]
    if missing:
        raise UserError(f"{index.parent}: {len(missing)} of {len(names)} weight files missing: {listing(missing)}")
    return tuple(index.parent / name for name in names)


def _digest(path: Path) -> str:
    blob = path.resolve()
    if blob.parent.name == "blobs" and _SHA256.fullmatch(blob.name):
        return blob.name
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
