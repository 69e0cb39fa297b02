"""Frames as JPEGs: how they are sent, and how they are kept until a question needs them."""

from __future__ import annotations

import base64
import io
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image

from vstreamqa.models.base import Pixels

Jpeg = npt.NDArray[np.uint8]
"""The bytes of one JPEG, [n]: an hour of frames is kept in a tenth of the memory of its pixels."""


@dataclass(frozen=True, slots=True)
class Encoder:
    """Makes JPEGs.

    Attributes:
        quality: 1 to 100, as libjpeg has it; colour is subsampled 2 x 2.
        max_side: pixels of the longer side at most, 0 for any; larger frames are scaled down, bicubic, aspect kept.
    """

    quality: int
    max_side: int

    def __call__(self, frame: Pixels) -> Jpeg:
        """Encode one frame, uint8 RGB [height, width, 3]."""
        image = Image.fromarray(frame)
        longer = max(image.size)
        if 0 < self.max_side < longer:
            width, height = (max(1, round(side * self.max_side / longer)) for side in image.size)
            image = image.resize((width, height), Image.Resampling.BICUBIC)
        written = io.BytesIO()
        image.save(written, "JPEG", quality=self.quality, subsampling="4:2:0")
        return np.frombuffer(written.getvalue(), np.uint8)


def decoded(jpeg: Jpeg) -> Pixels:
    """Return the pixels of a JPEG, uint8 RGB [height, width, 3]."""
    return np.asarray(Image.open(io.BytesIO(jpeg.tobytes())).convert("RGB"))


def data_uri(content: bytes, kind: str) -> str:
    """Return content as a data URI of a media type."""
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"
