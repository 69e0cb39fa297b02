"""The front-end packages of the page: pinned, shipped with it, and checked before they are."""

from __future__ import annotations

import hashlib
from pathlib import Path

import msgspec

from vstreamqa.errors import UserError
from vstreamqa.leaderboard.files import read_file

MANIFEST = "vendor.json"


class Package(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One package, where it came from, and the SHA-256 of each file taken from it."""

    name: str
    version: str
    licence: str
    url: str
    files: dict[str, str]


def vendored(folder: Path) -> dict[str, bytes]:
    """Return the files of the pinned packages, with the manifest, by their paths below `folder`.

    Raises:
        UserError: a file is missing, or is not the one that was pinned.
    """
    manifest = folder / MANIFEST
    content: dict[str, bytes] = {}
    for package in read_file(manifest, tuple[Package, ...]):
        for name, pinned in package.files.items():
            content[name] = _read(folder / name)
            if hashlib.sha256(content[name]).hexdigest() != pinned:
                raise UserError(f"{folder / name}: not the file that {MANIFEST} pins; take it from {package.url} again")
    content[MANIFEST] = manifest.read_bytes()
    return content


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UserError(f"{path}: cannot be read ({error.strerror}); restore it from the repository") from error
