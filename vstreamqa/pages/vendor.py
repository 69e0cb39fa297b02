"""The front-end packages of the pages: pinned, shipped with them, and checked before they are."""

from __future__ import annotations

import hashlib
from pathlib import Path

import msgspec

from vstreamqa.errors import UserError
from vstreamqa.resources import project_folder

VENDOR = "vendor"
"""Where a page has them."""
MANIFEST = "vendor.json"
_SHIPPED = f"leaderboard/site/{VENDOR}"


class Package(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One package, where it came from, and the SHA-256 of each file taken from it."""

    name: str
    version: str
    licence: str
    url: str
    files: dict[str, str]


def vendored(folder: Path | None = None) -> dict[str, bytes]:
    """Return the files of the pinned packages, with the manifest, by their paths below a folder.

    Args:
        folder: where they are; None for those of the project.

    Raises:
        UserError: a file is missing, or is not the one that was pinned.
    """
    folder = project_folder(_SHIPPED) if folder is None else folder
    content = {MANIFEST: _read(folder / MANIFEST)}
    for package in _packages(folder / MANIFEST, content[MANIFEST]):
        for name, pinned in package.files.items():
            content[name] = _read(folder / name)
            if hashlib.sha256(content[name]).hexdigest() != pinned:
                raise UserError(f"{folder / name}: not the file that {MANIFEST} pins; take it from {package.url} again")
    return content


def _packages(path: Path, manifest: bytes) -> tuple[Package, ...]:
    try:
        return msgspec.json.decode(manifest, type=tuple[Package, ...])
    except msgspec.DecodeError as error:
        raise UserError(f"{path}: {error}") from error


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UserError(f"{path}: cannot be read ({error.strerror}); restore it from the repository") from error
