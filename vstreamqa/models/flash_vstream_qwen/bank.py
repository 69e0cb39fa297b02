"""Every step of a stream, kept so that any of them can be retrieved."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

_AT_ONCE = 16
_EQUALLY_NEAR = 1e-5
_ROUNDING = 1e-12
"""More than the expanded square of a distance loses to rounding in float64, as a share of the points' own squares."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Steps:
    """Encoded time steps, before merging; a step is two frames.

    Attributes:
        features: [steps, patches, dim], at full resolution.
        pooled: [steps, patches / 4, dim], encoded from frames of half the height and width.
    """

    features: Tensor
    pooled: Tensor

    def __len__(self) -> int:
        return len(self.features)

    def __getitem__(self, chosen: slice) -> Steps:
        """Return some of the steps."""
        return Steps(features=self.features[chosen], pooled=self.pooled[chosen])


class FrameBank:
    """Steps by number, on the host.

    Any step may be retrieved at any later time, since centroids move, so none can be given up; but a step that
    repeats an earlier one to the bit is never retrieved (of equally near ones the first is), and is stored once.
    """

    def __init__(self, device: torch.device) -> None:
        """Start empty; what is asked for is brought to `device`."""
        self._device = device
        self._features: list[Tensor] = []
        self._pooled: list[Tensor] = []
        self._first_steps: list[int] = []
        self._places: list[int] = []
        self._by_digest: dict[bytes, int] = {}

    def __len__(self) -> int:
        """Steps so far, repeats included."""
        return len(self._places)

    @property
    def stored(self) -> int:
        """Steps that take room."""
        return len(self._features)

    def add(self, steps: Steps) -> None:
        """Take in the next steps."""
        for features, pooled in zip(steps.features, steps.pooled, strict=True):
            self._places.append(self._place(_on_host(features), _on_host(pooled)))

    def features(self, steps: Sequence[int]) -> Tensor:
        """Return steps at full resolution, [steps, patches, dim]."""
        return self._stack(self._features, [self._places[step] for step in steps])

    def pooled(self) -> Tensor:
        """Return all steps, pooled, [steps, patches / 4, dim]."""
        return self._stack(self._pooled, self._places)

    def nearest(self, centroids: Tensor) -> list[int]:
        """Return the number of the step nearest to each centroid, as pooled features.

        Distances are Euclidean, in float64. The centroid of two steps is their midpoint, and rounding would decide
        between them: among steps whose distances agree to 1e-5 of themselves the first is taken.

        Args:
            centroids: [centroids, patches / 4, dim].
        """
        points = centroids.flatten(1).double()
        lengths = points.square().sum(dim=1)
        squares = torch.cat([_squared_distances(rows, points, lengths) for rows in self._stored_pooled()])
        limit = squares.min(dim=0).values * (1 + _EQUALLY_NEAR) ** 2 + _ROUNDING * lengths
        return [self._first_steps[place] for place in (squares <= limit).int().argmax(dim=0).tolist()]

    def _stored_pooled(self) -> Iterator[Tensor]:
        for begin in range(0, self.stored, _AT_ONCE):
            yield torch.stack(self._pooled[begin : begin + _AT_ONCE]).to(self._device).flatten(1).double()

    def _stack(self, stored: list[Tensor], places: Sequence[int]) -> Tensor:
        if not places:
            return stored[0][None][:0].to(self._device)
        return torch.stack([stored[place] for place in places]).to(self._device)

    def _place(self, features: Tensor, pooled: Tensor) -> int:
        """Return where a step is stored: where an identical one is, or at the end."""
        digest = hashlib.blake2b(pooled.view(torch.uint8).numpy().data, digest_size=16).digest()
        known = self._by_digest.get(digest)
        if known is not None and torch.equal(self._features[known], features):
            return known
        place = self.stored
        self._by_digest.setdefault(digest, place)
        self._features.append(features)
        self._pooled.append(pooled)
        self._first_steps.append(len(self._places))
        return place


def _on_host(tensor: Tensor) -> Tensor:
    """Return a copy on the host that keeps nothing else alive."""
    return tensor.to("cpu", copy=True).contiguous()


def _squared_distances(rows: Tensor, points: Tensor, lengths: Tensor) -> Tensor:
    """Return [rows, points], given the points' squared lengths."""
    expanded = rows.square().sum(dim=1)[:, None] + lengths - 2 * rows @ points.T
    return expanded.clamp(min=0)
