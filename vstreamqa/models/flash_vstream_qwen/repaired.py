"""A streaming memory that departs from the released one where that loses track of time, or grows."""

from __future__ import annotations

from dataclasses import dataclass, fields

import torch
from torch import Tensor

from vstreamqa.models.flash_vstream_qwen.bank import Steps
from vstreamqa.models.flash_vstream_qwen.memory import MemorySizes, Recollection
from vstreamqa.models.shared.draws import Draws
from vstreamqa.models.shared.merging import merge


@dataclass(frozen=True, slots=True, kw_only=True)
class _Clusters:
    """Clusters in the order of time.

    Attributes:
        rows: [clusters, patches / 4, dim], float32, centroids.
        weights: [clusters], float64: steps in each.
        times: [clusters], float64: mean number of those steps.
        carried: [clusters], int64: number of the real step carried for each.
        features: [clusters, patches, dim], that step at full resolution.
        pooled: [clusters, patches / 4, dim], float32, that step pooled.
    """

    rows: Tensor
    weights: Tensor
    times: Tensor
    carried: Tensor
    features: Tensor
    pooled: Tensor

    def joined(self, other: _Clusters) -> _Clusters:
        names = [field.name for field in fields(self)]
        return _Clusters(**{name: torch.cat([getattr(self, name), getattr(other, name)]) for name in names})


class RepairedMemory:
    """A bounded streaming memory with these departures from the released one.

    - Steps are taken in one at a time, however many come with a call.
    - The time of a cluster is the mean time of all steps it stands for, in steps since the stream's start, not the
      mean place of what was clustered last; weights add up from the first step on.
    - The clustering starts from `spread_start` instead of from rows drawn at random, and clusters without members are
      dropped.
    - Every cluster carries one real step; when rows are merged, the carried step nearest to the new centroid stays.
      The key frames are the steps that the heaviest clusters carry. So nothing else of the stream need be kept, no key
      frame comes twice, and a step that was dropped cannot come back.

    Sizes, order of tokens and numbering of the positions are the released ones.
    """

    def __init__(self, sizes: MemorySizes, draws: Draws) -> None:
        self._sizes = sizes
        self._draws = draws
        self._seen = 0
        self._clusters: _Clusters | None = None

    def update(self, steps: Steps) -> None:
        """Take in the next steps."""
        for features, pooled in zip(steps.features, steps.pooled, strict=True):
            self._take_in(features[None], pooled[None].float())

    def recall(self) -> Recollection:
        """Return the present clusters, and the steps that the heaviest of them carry."""
        clusters = self._clusters
        assert clusters is not None, "nothing has been seen yet"
        heaviest = torch.argsort(clusters.weights, descending=True, stable=True)[: self._sizes.keys]
        return Recollection(
            key_frames=clusters.features[heaviest],
            key_times=clusters.carried[heaviest],
            clusters=clusters.rows,
            cluster_times=clusters.times.round().long(),
        )

    def _take_in(self, features: Tensor, pooled: Tensor) -> None:
        number = torch.full((1,), self._seen, device=pooled.device)
        new = _Clusters(
            rows=pooled,
            weights=torch.ones(1, dtype=torch.float64, device=pooled.device),
            times=number.double(),
            carried=number,
            features=features,
            pooled=pooled,
        )
        self._seen += 1
        joined = new if self._clusters is None else self._clusters.joined(new)
        self._clusters = joined if len(joined.rows) <= self._sizes.clusters else self._merged(joined)

    def _merged(self, joined: _Clusters) -> _Clusters:
        merged = merge(
            joined.rows,
            joined.weights,
            joined.times,
            likenesses=joined.pooled,
            count=self._sizes.clusters,
            draws=self._draws,
        )
        return _Clusters(
            rows=merged.centroids,
            weights=merged.weights,
            times=merged.times,
            carried=joined.carried[merged.nearest],
            features=joined.features[merged.nearest],
            pooled=joined.pooled[merged.nearest],
        )
