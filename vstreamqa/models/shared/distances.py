"""Euclidean distances by explicit difference, without holding all differences at once.

The expansion |a|^2 + |b|^2 - 2ab is cheaper but loses the small distances that decide between neighbouring frames.
"""

from __future__ import annotations

import torch
from torch import Tensor

_FEATURES_AT_ONCE = 1024
_ELEMENTS_AT_ONCE = {"cpu": 1 << 20, "cuda": 1 << 26}


def among(rows: Tensor) -> Tensor:
    """Return the distances of every row to every row: [n, features] -> [n, n], float32."""
    count = rows.shape[0]
    square = rows.new_zeros(count, count)
    upper = torch.triu_indices(count, count, offset=1, device=rows.device)
    square[upper[0], upper[1]] = torch.pdist(rows)
    return square + square.T


def between(rows: Tensor, points: Tensor) -> Tensor:
    """Return the distances of rows to points: [n, features], [m, features] -> [n, m], float32.

    At most a fixed number of differences is held at a time (4 MiB on a CPU, 256 MiB on a GPU).
    """
    on_cpu = rows.device.type == "cpu"
    width = _FEATURES_AT_ONCE if on_cpu else rows.shape[1]
    height = max(1, _ELEMENTS_AT_ONCE["cpu" if on_cpu else "cuda"] // (points.shape[0] * width))
    pairs = list(zip(torch.split(rows, width, dim=1), torch.split(points, width, dim=1), strict=True))
    blocks = []
    for begin in range(0, rows.shape[0], height):
        squares = [(part[begin : begin + height, None] - other[None]).square_().sum(dim=-1) for part, other in pairs]
        blocks.append(torch.stack(squares).sum(dim=0).sqrt_())
    return torch.cat(blocks)
