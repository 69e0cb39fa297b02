"""The Flash memory with the released arithmetic: a synopsis of the whole stream and key frames out of it.

Names: the clusters are the original's context synopsis memory (CSM, "temporal"), the key frames its detail
augmentation memory (DAM, "spatial"). Times count steps; a step is two frames, or one frame shown twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor

from vstreamqa.models.flash_vstream_qwen.bank import FrameBank, Steps
from vstreamqa.models.flash_vstream_qwen.clustering import OrderedClusters, ordered_kmeans
from vstreamqa.models.shared.draws import Draws


@dataclass(frozen=True, slots=True, kw_only=True)
class MemorySizes:
    """Sizes of the memory, in steps.

    Attributes:
        clusters: most clusters.
        keys: most key frames.
    """

    clusters: int
    keys: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Recollection:
    """What the language model is to see, before merging.

    Attributes:
        key_frames: [keys, patches, dim], heaviest cluster's first.
        key_times: [keys], int64.
        clusters: [clusters, patches / 4, dim], in the order of time.
        cluster_times: [clusters], int64.
    """

    key_frames: Tensor
    key_times: Tensor
    clusters: Tensor
    cluster_times: Tensor

    def rows(self) -> Tensor:
        """Return all features in the order key frames, clusters: [rows, dim]."""
        return torch.cat([self.key_frames.flatten(0, 1), self.clusters.to(self.key_frames.dtype).flatten(0, 1)])


class Memory(Protocol):
    """What has been seen of a stream."""

    def update(self, steps: Steps) -> None:
        """Take in the next steps."""
        ...

    def recall(self) -> Recollection:
        """Return what the language model is to see; at least one step must have been seen. Changes nothing."""
        ...


def recall(clusters: OrderedClusters, bank: FrameBank, sizes: MemorySizes) -> Recollection:
    """Choose the key frames and round the times (arXiv 2506.23825; specification B6).

    While no more steps were seen than there are key frames, all are key frames. Afterwards they are the steps nearest
    to the centroids of the heaviest clusters, heaviest first, of equally heavy ones the earlier first; one step may
    come twice.
    """
    if len(bank) <= sizes.keys:
        keys = list(range(len(bank)))
    else:
        heaviest = torch.argsort(clusters.weights, descending=True, stable=True)[: sizes.keys]
        keys = bank.nearest(clusters.centroids[heaviest]) if sizes.keys else []
    device = clusters.times.device
    return Recollection(
        key_frames=bank.features(keys),
        key_times=torch.tensor(keys, dtype=torch.long, device=device),
        clusters=clusters.centroids,
        cluster_times=clusters.times.round().long(),
    )


def offline_memory(bank: FrameBank, sizes: MemorySizes, draws: Draws) -> Recollection:
    """Return the released offline memory over all steps of a bank."""
    return recall(ordered_kmeans(bank.pooled(), sizes.clusters, draws), bank, sizes)


class StreamingMemory:
    """The released realtime memory (specification B8).

    As in the original: nothing is compressed until there are more steps than clusters, and the weights stay 1 until
    then; afterwards weights add up, but times are mean places in the clustered sequence, not times of the stream;
    times of key frames are true numbers of steps, without limit. Key frames are chosen when they are asked for, from
    all steps so far, so the bank grows with the stream (see `FrameBank`); the clusters do not.
    """

    def __init__(self, sizes: MemorySizes, draws: Draws, device: torch.device) -> None:
        self._sizes = sizes
        self._draws = draws
        self.bank = FrameBank(device)
        self._clusters: OrderedClusters | None = None

    @property
    def clusters(self) -> OrderedClusters:
        """The clusters after the last update."""
        assert self._clusters is not None, "nothing has been seen yet"
        return self._clusters

    def update(self, steps: Steps) -> None:
        """Take in the next steps; those of one call are compressed together."""
        self.bank.add(steps)
        rows, weights = steps.pooled, torch.ones(len(steps), device=steps.pooled.device)
        if self._clusters is not None:
            rows = torch.cat([self._clusters.centroids, rows])
            weights = torch.cat([self._clusters.weights, weights])
        self._clusters = ordered_kmeans(rows, self._sizes.clusters, self._draws, weights=weights)

    def recall(self) -> Recollection:
        """Return the present clusters, and the key frames nearest to the heaviest of them."""
        return recall(self.clusters, self.bank, self._sizes)
