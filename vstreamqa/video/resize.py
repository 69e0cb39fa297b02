"""Bring a frame to the size a model was trained on, with the filter it was trained with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from PIL import Image

Fit = Literal["crop", "stretch", "pad"]
Filter = Literal["nearest", "bilinear", "bicubic", "lanczos", "box"]

_FILTERS = {
    "nearest": Image.Resampling.NEAREST,
    "bilinear": Image.Resampling.BILINEAR,
    "bicubic": Image.Resampling.BICUBIC,
    "lanczos": Image.Resampling.LANCZOS,
    "box": Image.Resampling.BOX,
}


@dataclass(frozen=True, slots=True)
class Resize:
    """Resize uint8 RGB frames with Pillow's filters.

    Attributes:
        size: (height, width) wanted.
        fit: `crop` scales the frame until it covers the size (for a square size: shortest edge to that length, the
            other truncated to an integer, as CLIP's preprocessing does) and cuts the centre out; `stretch` ignores
            the aspect ratio; `pad` scales until the frame fits and fills with black.
        filter: name of the resampling filter.
    """

    size: tuple[int, int]
    fit: Fit = "crop"
    filter: Filter = "bicubic"

    def __call__(self, pixels: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
        """Resize one frame [height, width, 3]."""
        height, width = self.size
        if pixels.shape[:2] == (height, width):
            return pixels
        image = Image.fromarray(pixels)
        scaled = image.resize(self._scaled_size(image.width, image.height), _FILTERS[self.filter])
        if scaled.size == (width, height):
            return np.asarray(scaled)
        left, top = (scaled.width - width) // 2, (scaled.height - height) // 2
        return np.asarray(scaled.crop((left, top, left + width, top + height)))

    def _scaled_size(self, source_width: int, source_height: int) -> tuple[int, int]:
        height, width = self.size
        if self.fit == "stretch":
            return width, height
        covers_by_width = source_width * height <= source_height * width
        if covers_by_width == (self.fit == "crop"):
            return width, max(1, int(source_height * width / source_width))
        return max(1, int(source_width * height / source_height)), height
