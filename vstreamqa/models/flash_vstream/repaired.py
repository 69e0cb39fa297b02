"""A streaming memory that departs from the released one where that forgets what it has seen."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import torch
from torch import Tensor

from vstreamqa.models.flash_vstream.memory import Attention, MemorySizes, MemoryState, Part
from vstreamqa.models.flash_vstream.pooling import pool
from vstreamqa.models.shared.draws import Draws
from vstreamqa.models.shared.merging import merge


@dataclass(frozen=True, slots=True, kw_only=True)
class _Temporal:
    """Clusters in the order of time.

    Attributes:
        rows: [clusters, temporal * temporal, dim], centroids.
        weights: [clusters], float64: frames in each.
        times: [clusters], float64: mean number of those frames.
        frames: [clusters, frame * frame, dim]: the real frame carried for each, for retrieval.
    """

    rows: Tensor
    weights: Tensor
    times: Tensor
    frames: Tensor

    def joined(self, other: _Temporal) -> _Temporal:
        return _Temporal(
            rows=torch.cat([self.rows, other.rows]),
            weights=torch.cat([self.weights, other.weights]),
            times=torch.cat([self.times, other.times]),
            frames=torch.cat([self.frames, other.frames]),
        )


class RepairedMemory:
    """A bounded streaming memory with these departures from the released one.

    - Frames are taken in one at a time, the first ones too, however many come with a call.
    - Cluster weights are carried from frame to frame, so a centroid is the mean of all frames it stands for.
    - The clustering starts from `spread_start` instead of from rows drawn at random.
    - Clusters without members are dropped, and clusters are ordered by the mean time of their frames.
    - Key frames are real frames near the centroids of the heaviest clusters: each cluster carries one frame, and when
      rows are merged, the carried frame nearest to the new centroid (as pooled tokens) stays. Memory stays bounded,
      so a frame that was dropped cannot come back when the centroid moves towards it again.

    - The current frames are the newest of the stream, not only of the last call.

    Order of tokens, sizes, pooling and the abstract memory are the released ones.
    """

    def __init__(self, sizes: MemorySizes, attention: Attention, draws: Draws) -> None:
        self._sizes = sizes
        self._attention = attention
        self._draws = draws
        self._seen = 0
        self._temporal: _Temporal | None = None
        self._abstract: Tensor | None = None
        self._current: Tensor | None = None

    def update(self, frames: Tensor) -> None:
        """Take in frames [n, frame * frame, dim]."""
        for frame in frames:
            self._take_in(frame[None])

    def tokens(self, without: Collection[Part] = ()) -> Tensor:
        """Return the tokens of the present state."""
        return self.state.tokens(without)

    @property
    def state(self) -> MemoryState:
        """The memory after the last update; clusters in the order of time."""
        assert self._temporal is not None, "nothing has been seen yet"
        assert self._current is not None
        assert self._abstract is not None
        heaviest = torch.argsort(self._temporal.weights, descending=True, stable=True)
        heaviest = heaviest[: self._sizes.retrieved_length]
        return MemoryState(
            current=torch.cat([self._temporal.frames[heaviest], self._current]),
            temporal=self._temporal.rows,
            abstract=self._abstract,
        )

    def _take_in(self, frame: Tensor) -> None:
        new = _Temporal(
            rows=pool(frame, self._sizes.temporal),
            weights=torch.ones(1, dtype=torch.float64, device=frame.device),
            times=torch.full((1,), self._seen, dtype=torch.float64, device=frame.device),
            frames=frame,
        )
        abstract = pool(frame, self._sizes.abstract)
        self._seen += 1
        self._temporal = self._merge(new if self._temporal is None else self._temporal.joined(new))
        joined = abstract if self._abstract is None else torch.cat([self._abstract, abstract])
        self._abstract = self._attention(joined, self._sizes.abstract_length)
        recent = frame if self._current is None else torch.cat([self._current, frame])
        self._current = recent[max(0, len(recent) - self._sizes.current_length) :].clone()

    def _merge(self, rows: _Temporal) -> _Temporal:
        count = self._sizes.temporal_length
        if len(rows.rows) <= count:
            return rows
        merged = merge(
            rows.rows,
            rows.weights,
            rows.times,
            likenesses=pool(rows.frames, self._sizes.temporal),
            count=count,
            draws=self._draws,
        )
        return _Temporal(
            rows=merged.centroids,
            weights=merged.weights,
            times=merged.times,
            frames=rows.frames[merged.nearest],
        )
