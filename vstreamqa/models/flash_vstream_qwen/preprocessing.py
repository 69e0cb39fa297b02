"""From frames as they are in the source to the rows of patches that the tower takes in (specification B3)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import avg_pool2d

from vstreamqa.errors import UserError, VStreamQAError
from vstreamqa.models.base import Pixels
from vstreamqa.models.shared.normalisation import CLIP_MEAN, CLIP_STD, RESCALE, Normalisation
from vstreamqa.video.resize import Resize

_MIN_PIXELS = 128 * 28 * 28
"""Fewest pixels of a frame after its first resize."""
_MOST_ELONGATED = 200

Size = tuple[int, int]
"""Height and width."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preprocessing:
    """What preprocessor_config.json says.

    Attributes:
        min_pixels: fewest pixels of a frame as the tower sees it.
        max_pixels: most pixels of it.
        patch_size: side of a patch in pixels.
        normalisation: what is done to pixel values.
    """

    min_pixels: int = 56 * 56
    max_pixels: int = 28 * 28 * 16384
    patch_size: int = 14
    normalisation: Normalisation = field(default_factory=Normalisation)

    def sizes(self, source: Size, max_pixels: int) -> tuple[Size, Size]:
        """Return the two sizes a frame is resized to, one after the other, as the original does.

        First to sides that merge (multiples of two patches) with at most `max_pixels`, then to sides that also merge
        after pooling (multiples of four patches) within the checkpoint's own limits.

        Raises:
            VStreamQAError: the frame is more than 200 times as long as it is wide.
        """
        merged = 2 * self.patch_size
        first = smart_size(source, factor=merged, least=_MIN_PIXELS, most=max_pixels)
        return first, smart_size(first, factor=2 * merged, least=self.min_pixels, most=self.max_pixels)


def smart_size(source: Size, *, factor: int, least: int, most: int) -> Size:
    """Return the size nearest to a frame's own whose sides are multiples of `factor`, scaled into a pixel range.

    Args:
        source: height and width.
        factor: what both sides are to be multiples of.
        least: fewest pixels; the sides are then rounded up.
        most: most pixels; the sides are then rounded down, but not to 0.

    Raises:
        VStreamQAError: the frame is more than 200 times as long as it is wide.
    """
    height, width = source
    if max(source) > _MOST_ELONGATED * min(source):
        raise VStreamQAError(f"a frame of {height} x {width} pixels is too elongated; cut it to less than 200 : 1")
    rounded = tuple(max(factor, round(side / factor) * factor) for side in source)
    if math.prod(rounded) > most:
        scale = math.sqrt(height * width / most)
        return _sides(source, lambda side: max(factor, math.floor(side / scale / factor) * factor))
    if math.prod(rounded) < least:
        scale = math.sqrt(least / (height * width))
        return _sides(source, lambda side: math.ceil(side * scale / factor) * factor)
    return rounded[0], rounded[1]


def resized(frame: Pixels, sizes: tuple[Size, ...]) -> Pixels:
    """Resize a frame [height, width, 3] to one size after the other, bicubic, its aspect ratio ignored."""
    for size in sizes:
        frame = Resize(size, fit="stretch", filter="bicubic")(frame)
    return np.ascontiguousarray(frame)


def patch_rows(frames: Tensor, patch_size: int) -> Tensor:
    """Cut frames into patches, the four that are merged together one after the other.

    Args:
        frames: [2 * steps, 3, height, width].
        patch_size: side of a patch; height and width are multiples of two patches.

    Returns:
        [steps, patches, 3 * 2 * patch_size * patch_size]: channels, then the two frames of the step, then pixels.
    """
    count, channels, height, width = frames.shape
    blocks = (height // patch_size // 2, 2, patch_size, width // patch_size // 2, 2, patch_size)
    cut = frames.reshape(count // 2, 2, channels, *blocks)
    return cut.permute(0, 3, 6, 4, 7, 2, 1, 5, 8).flatten(5).flatten(1, 4)


def pooled_frames(frames: Tensor) -> Tensor:
    """Halve frames [n, 3, height, width] by averaging 2 x 2 pixels."""
    return avg_pool2d(frames, 2)


def read_preprocessing(values: Mapping[str, Any], *, patch_size: int, place: str) -> Preprocessing:
    """Read a preprocessor_config.json; absent keys have Qwen2-VL's values.

    Raises:
        UserError: it asks for something that is not supported, or for what no preprocessing can be.
    """
    size = values.get("size") or {}
    supported = {"patch_size": patch_size, "merge_size": 2, "temporal_patch_size": 2, "resample": 3}
    for key, wanted in supported.items():
        if values.get(key, wanted) != wanted:
            raise UserError(f"{place}: {key} is {values[key]!r}, which is not supported; supported: {wanted}")
    default = Preprocessing()
    try:
        return Preprocessing(
            min_pixels=_first_of(values.get("min_pixels"), size, ("min_pixels", "shortest_edge"), default.min_pixels),
            max_pixels=_first_of(values.get("max_pixels"), size, ("max_pixels", "longest_edge"), default.max_pixels),
            patch_size=patch_size,
            normalisation=Normalisation(
                mean=tuple(map(float, values.get("image_mean", CLIP_MEAN))),
                std=tuple(map(float, values.get("image_std", CLIP_STD))),
                rescale=float(values.get("rescale_factor", RESCALE)),
            ),
        )
    except (TypeError, ValueError, AttributeError) as error:
        raise UserError(f"{place}: not a preprocessor config: {error}") from error


def sampled_frames(count: int, most: int) -> list[int]:
    """Return which of `count` frames the offline memory takes: all, or `most` spread evenly; an even number of them.

    Of an odd number the last is taken twice.
    """
    most -= most % 2
    if count > most:
        return [int(frame) for frame in torch.linspace(0, count - 1, most, dtype=torch.float64).round()]
    return [*range(count), *([count - 1] if count % 2 else [])]


def _sides(source: Size, side: Any) -> Size:
    height, width = source
    return side(height), side(width)


def _first_of(given: Any, size: Mapping[str, Any], names: tuple[str, ...], default: int) -> int:
    return int(next((value for value in (given, *(size.get(name) for name in names)) if value is not None), default))
