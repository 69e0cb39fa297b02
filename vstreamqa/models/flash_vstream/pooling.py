"""Bring a square grid of tokens to a smaller one."""

from __future__ import annotations

import math

from torch import Tensor
from torch.nn.functional import avg_pool2d

from vstreamqa.errors import UserError


def pool(tokens: Tensor, size: int) -> Tensor:
    """Average a grid of n x n tokens down to size x size.

    Args:
        tokens: [frames, n * n, dim], rows of the grid one after the other.
        size: side of the grid wanted; windows are n // size wide and do not overlap.

    Returns:
        [frames, size * size, dim], in the type of `tokens`.

    Raises:
        UserError: the windows do not give that size.
    """
    frames, count, dim = tokens.shape
    side = math.isqrt(count)
    if side * side != count or size < 1 or side // (side // size or side + 1) != size:
        raise UserError(f"{count} tokens are no square grid that pools to {size} x {size}; check the compress sizes")
    if side == size:
        return tokens
    if size == 1:
        return tokens.mean(dim=1, keepdim=True)
    grid = tokens.transpose(1, 2).reshape(frames, dim, side, side)
    return avg_pool2d(grid, side // size).flatten(2).transpose(1, 2).contiguous()
