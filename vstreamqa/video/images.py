"""Folders of pictures: MovieNet keyframes named by shot, and plain numbered frames.

The kind of a folder is read from its names: `shot_0387_img_0.jpg` (shot, then image within it) or anything with a
running number at its end (`frame_000012.png`, `12.jpg`). Files that are not pictures by their suffix, hidden files
and subfolders are no frames.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cached_property
from itertools import pairwise
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from vstreamqa.errors import MediaError
from vstreamqa.video.faults import missing, unreadable
from vstreamqa.video.types import Pixels

SUFFIXES = frozenset({".bmp", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp"})
_SHOT = re.compile(r"shot_(\d+)_img_(\d+)$", re.IGNORECASE)
_NUMBERED = re.compile(r"(.*?)(\d+)$", re.DOTALL)

Key = tuple[int, ...]


class ImageFolder:
    """The pictures of one folder in numeric order.

    Attributes:
        path: the folder.
        by_shot: the names count shots and keyframes (MovieNet); otherwise they count frames.

    Raises:
        MediaError: the folder is missing, empty, mixes the two kinds, has two pictures of one rank, or lacks a
            number between its first and its last.
    """

    def __init__(self, path: Path) -> None:
        if not path.is_dir():
            raise missing(path)
        names = _pictures(path)
        self.path = path
        self.by_shot = _counts_shots(path, names)
        keyed = sorted((_key(path, name, self.by_shot), name) for name in names)
        _refuse_doubles(path, keyed)
        if not self.by_shot:
            _refuse_other_series(path, names)
            _refuse_gaps(path, keyed)
        self._names = [name for _, name in keyed]

    def __len__(self) -> int:
        return len(self._names)

    @cached_property
    def size(self) -> tuple[int, int] | None:
        """(height, width) of the first picture, turned upright."""
        first: Pixels = self.pixels(0)
        return first.shape[0], first.shape[1]

    def pixels(self, index: int) -> Pixels:
        """Decode one picture in full: upright by its EXIF orientation, RGB whatever its own mode.

        Raises:
            MediaError: the picture cannot be decoded, or is cut off.
        """
        path = self.path / self._names[index]
        try:
            with Image.open(path) as image:
                return np.asarray(_as_rgb(ImageOps.exif_transpose(image)))
        except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
            message = f"{path}: cannot be decoded ({error}); fetch or make the picture again"
            raise MediaError(message, path=str(path), time=None) from error

    def features(self, index: int) -> None:
        """Return None: folders hold pictures."""


def shot_key(name: str) -> tuple[int, int] | None:
    """Return the shot and the image that a keyframe's file name states, or None if it is no keyframe's."""
    match = _SHOT.fullmatch(Path(name).stem) if Path(name).suffix.lower() in SUFFIXES else None
    return None if match is None else (int(match[1]), int(match[2]))


def _as_rgb(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I"):  # 16 bits a pixel; Pillow's own conversion clips instead of scaling
        return Image.fromarray((np.asarray(image).astype(np.int64) >> 8).clip(0, 255).astype(np.uint8)).convert("RGB")
    return image.convert("RGB")


def _pictures(path: Path) -> list[str]:
    names = [
        entry.name
        for entry in path.iterdir()
        if entry.suffix.lower() in SUFFIXES and not entry.name.startswith(".") and entry.is_file()
    ]
    if not names:
        dead = next((entry for entry in path.iterdir() if entry.is_symlink() and not entry.exists()), None)
        if dead is not None:
            raise unreadable(path, f"its links lead nowhere ({dead.readlink()})", "build the suite again, or link anew")
        raise unreadable(path, "holds no pictures", f"expected files ending in {', '.join(sorted(SUFFIXES))}")
    return names


def _counts_shots(path: Path, names: Iterable[str]) -> bool:
    by_kind: dict[bool, str] = {}
    for name in sorted(names):
        by_kind.setdefault(_SHOT.fullmatch(Path(name).stem) is not None, name)
    if len(by_kind) == 2:
        mix = f"mixes keyframes named by shot ({by_kind[True]}) with other pictures ({by_kind[False]})"
        raise unreadable(path, mix, "keep one kind in a folder")
    return True in by_kind


def _key(path: Path, name: str, by_shot: bool) -> Key:
    match = (_SHOT if by_shot else _NUMBERED).fullmatch(Path(name).stem)
    if match is None:
        raise unreadable(path, f"{name} has no number at the end of its name", "number the frames")
    return (int(match[1]), int(match[2])) if by_shot else (int(match[2]),)


def _refuse_doubles(path: Path, keyed: list[tuple[Key, str]]) -> None:
    for (key, name), (other, double) in pairwise(keyed):
        if key == other:
            raise unreadable(path, f"{name} and {double} are the same frame", "remove one of them")


def _refuse_other_series(path: Path, names: Iterable[str]) -> None:
    series: dict[str, str] = {}
    for name in sorted(names):
        match = _NUMBERED.fullmatch(Path(name).stem)
        series.setdefault(match[1] if match else name, name)
    if len(series) > 1:
        first, second, *_ = series.values()
        raise unreadable(path, f"{first} and {second} belong to two series", "keep one series in a folder")


def _refuse_gaps(path: Path, keyed: list[tuple[Key, str]]) -> None:
    for (key, name), (following, next_name) in pairwise(keyed):
        if following[0] != key[0] + 1:
            raise unreadable(path, f"frame {key[0] + 1} is missing between {name} and {next_name}", "add it")
