from __future__ import annotations

import av
import numpy as np
import pytest

from vstreamqa.video.colour import ToRgb

WEIGHTS = {"601": (0.299, 0.114), "709": (0.2126, 0.0722), "2020": (0.2627, 0.0593)}
UNSPECIFIED, LIMITED, FULL = 0, 1, 2
SD, HD = (576, 720), (720, 1280)


def coded(rgb: tuple[int, int, int], matrix: str, full: bool, depth: int) -> list[int]:
    """Convert a colour to Y'CbCr by the definition (ITU-T H.273, equations for the matrix coefficients)."""
    red_weight, blue_weight = WEIGHTS[matrix]
    red, green, blue = (value / 255 for value in rgb)
    luma = red_weight * red + (1 - red_weight - blue_weight) * green + blue_weight * blue
    blue_difference = (blue - luma) / (2 * (1 - blue_weight))
    red_difference = (red - luma) / (2 * (1 - red_weight))
    scale = 2 ** (depth - 8)
    y = 255 * luma if full else 16 + 219 * luma
    chroma = 255 if full else 224
    values = (y, 128 + chroma * blue_difference, 128 + chroma * red_difference)
    return [min(round(value * scale), 256 * scale - 1) for value in values]


@pytest.mark.parametrize(("pix_fmt", "depth"), [("yuv420p", 8), ("yuv420p10le", 10)])
@pytest.mark.parametrize(
    ("size", "colorspace", "color_range", "matrix"),
    [
        (SD, 2, UNSPECIFIED, "601"),
        (HD, 2, UNSPECIFIED, "709"),
        ((480, 1280), 2, UNSPECIFIED, "709"),
        (SD, 1, LIMITED, "709"),
        (HD, 5, LIMITED, "601"),
        (HD, 6, LIMITED, "601"),
        (SD, 9, LIMITED, "2020"),
        (SD, 2, FULL, "601"),
        (HD, 1, FULL, "709"),
    ],
)
@pytest.mark.parametrize("rgb", [(255, 0, 0), (30, 200, 90), (255, 255, 255), (0, 0, 0)])
def test_a_colour_survives_coding_and_conversion(
    size: tuple[int, int],
    colorspace: int,
    color_range: int,
    matrix: str,
    pix_fmt: str,
    depth: int,
    rgb: tuple[int, int, int],
) -> None:
    height, width = size
    frame = av.VideoFrame(width, height, pix_fmt)
    kind = np.dtype(np.uint8 if depth == 8 else "<u2")
    values = coded(rgb, matrix, color_range == FULL, depth)
    for plane, value in zip(frame.planes, values, strict=True):
        plane.update(np.full(plane.buffer_size // kind.itemsize, value, kind).tobytes())
    frame.colorspace, frame.color_range = colorspace, color_range
    pixels = ToRgb()(frame)
    assert pixels.shape == (height, width, 3)
    assert np.abs(pixels.astype(int) - rgb).max() <= 3
