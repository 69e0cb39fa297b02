"""Rotary positions on three axes (time, height, width), with the memory's own times.

The former are M-RoPE (arXiv 2409.12191), the latter the memory's AM-RoPE (arXiv 2506.23825; specification B7).
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True, slots=True)
class Grid:
    """Patches of one step at full resolution; both sides are multiples of 4, so that the pooled ones merge too."""

    height: int
    width: int


def visual_positions(key_times: Tensor, cluster_times: Tensor, grid: Grid) -> Tensor:
    """Return the positions of the visual tokens, relative to the first of them.

    A token of a key frame is at (time, row, column), one of a cluster at (time, row, column) + the number of key
    frame tokens, on all three axes; rows and columns count merged patches.

    Args:
        key_times: [keys], int64.
        cluster_times: [clusters], int64.
        grid: patches of a step.

    Returns:
        [3, tokens], int64, key frames first.
    """
    keys = _block(key_times, grid.height // 2, grid.width // 2)
    clusters = _block(cluster_times, grid.height // 4, grid.width // 4)
    return torch.cat([keys, clusters + keys.shape[1]], dim=1)


def offline_visual_span(keys: int, clusters: int, grid: Grid) -> int:
    """Return how far behind the first visual token the text after an offline video starts.

    The original numbers that text before it knows the memory's times: behind the largest position that clusters
    numbered 0, 1, ... would have.
    """
    key_tokens = keys * grid.height * grid.width // 4
    return key_tokens + max(clusters, grid.height // 4, grid.width // 4)


def prompt_positions(before: int, visual: Tensor, after: int, *, span: int) -> Tensor:
    """Return the positions of a whole prompt.

    Args:
        before: tokens of text before the visual ones, numbered 0, 1, ... on all axes.
        visual: [3, tokens], relative positions of the visual ones.
        after: tokens of text after them.
        span: how far behind the first visual token the text after them starts.

    Returns:
        [3, 1, length], int64.
    """
    device = visual.device
    text = torch.arange(before, device=device)
    rest = torch.arange(before + span, before + span + after, device=device)
    parts = [text.expand(3, -1), visual + before, rest.expand(3, -1)]
    return torch.cat(parts, dim=1)[:, None]


def _block(times: Tensor, height: int, width: int) -> Tensor:
    axes = (times, torch.arange(height, device=times.device), torch.arange(width, device=times.device))
    return torch.stack(torch.meshgrid(*axes, indexing="ij")).flatten(1)
