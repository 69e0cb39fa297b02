"""Where the random draws of the clustering come from."""

from __future__ import annotations

from typing import Protocol

import torch
from torch import Tensor


class Draws(Protocol):
    """A source of the two kinds of draw the clustering makes."""

    def permutation(self, n: int, device: torch.device) -> Tensor:
        """Return a random order of 0..n-1, int64 [n]: where the centroids start."""
        ...

    def row(self, n: int) -> int:
        """Return one number of 0..n-1: the row that replaces an empty cluster."""
        ...


class SeededDraws:
    """Draws of a generator of its own: no other random state is read or moved.

    The generator lives on the CPU, so that every device sees the same draws.
    """

    def __init__(self, seed: int) -> None:
        self._generator = torch.Generator().manual_seed(seed)

    def permutation(self, n: int, device: torch.device) -> Tensor:
        """Return a random order of 0..n-1."""
        return torch.randperm(n, generator=self._generator).to(device)

    def row(self, n: int) -> int:
        """Return one number of 0..n-1."""
        return int(torch.randint(n, (), generator=self._generator))
