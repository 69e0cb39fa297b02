"""Merge weighted clusters without forgetting what they stand for, as the repaired memories do."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from vstreamqa.models.shared.distances import among
from vstreamqa.models.shared.draws import Draws
from vstreamqa.models.shared.kmeans import Clusters, weighted_kmeans


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """Clusters in the order of time.

    Attributes:
        centroids: [clusters, tokens, dim].
        weights: [clusters], summed weights of the rows in each.
        times: [clusters], weighted mean times of the rows in each.
        nearest: [clusters], number of the row whose likeness is nearest to the centroid.
    """

    centroids: Tensor
    weights: Tensor
    times: Tensor
    nearest: Tensor


def merge(rows: Tensor, weights: Tensor, times: Tensor, *, likenesses: Tensor, count: int, draws: Draws) -> Merged:
    """Cluster weighted rows into at most `count` clusters; clusters without members are dropped.

    The clustering starts from `spread_start`, so nothing is drawn unless a cluster loses all its members.

    Args:
        rows: [rows, tokens, dim], more than `count` of them.
        weights: [rows], float64.
        times: [rows], float64.
        likenesses: [rows, tokens, dim], what each row is like when a row is to stand for its cluster.
        count: most clusters.
        draws: source of the rows that replace empty clusters.
    """
    clusters = weighted_kmeans(rows, count, draws, weights=weights, start=spread_start(rows, count))
    means = torch.bincount(clusters.labels, weights * times, minlength=count) / clusters.weights
    filled = (clusters.weights > 0).nonzero().squeeze(1)
    order = filled[torch.argsort(means[filled], stable=True)]
    return Merged(
        centroids=clusters.centroids[order],
        weights=clusters.weights[order],
        times=means[order],
        nearest=_nearest_members(likenesses, clusters)[order],
    )


def spread_start(rows: Tensor, count: int) -> Tensor:
    """Return the rows a clustering starts from: drop the later one of the closest pair until `count` are left.

    For one row too many these are all rows but one of the closest pair, so no rare row is dropped by chance. Of
    equally close pairs the one that comes first is taken. Distances among all rows are held, [rows, rows].

    Args:
        rows: [rows, tokens, dim].
        count: rows to keep.

    Returns:
        [count], ascending row numbers.
    """
    points = rows.flatten(1)
    apart = among(points.to(torch.promote_types(points.dtype, torch.float32)))
    apart.masked_fill_(torch.ones_like(apart, dtype=torch.bool).tril(), torch.inf)
    kept = torch.ones(len(rows), dtype=torch.bool, device=rows.device)
    for _ in range(len(rows) - count):
        dropped = apart.argmin() % len(rows)
        kept[dropped] = False
        apart[dropped] = apart[:, dropped] = torch.inf
    return kept.nonzero().squeeze(1)


def _nearest_members(likenesses: Tensor, clusters: Clusters) -> Tensor:
    """Return, per cluster, the member whose likeness is nearest to the centroid; [clusters]."""
    offsets = (likenesses - clusters.centroids[clusters.labels]).flatten(1).float()
    distances: Tensor = torch.linalg.vector_norm(offsets, dim=1)
    others = clusters.labels[:, None] != torch.arange(len(clusters.weights), device=distances.device)
    nearest: Tensor = distances[:, None].masked_fill(others, torch.inf).argmin(dim=0)
    return nearest
