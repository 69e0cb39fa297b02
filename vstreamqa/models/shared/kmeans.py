"""Weighted k-means over frames, as the memories of both Flash-VStreams use it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor
from torch.nn.functional import one_hot

from vstreamqa.models.shared.distances import among, between
from vstreamqa.models.shared.draws import Draws

_ITERATIONS = 10
_TOLERANCE = 1e-4
_LONG_ROW = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Clusters:
    """What a clustering gave.

    Attributes:
        centroids: [count, tokens, dim], in the type of the rows.
        weights: [count], at least float32: summed weight of the members at the last assignment; 0 for a cluster that
            was empty then, though its centroid is some row.
        labels: [rows], cluster of every row at the last assignment.
    """

    centroids: Tensor
    weights: Tensor
    labels: Tensor


def weighted_kmeans(
    rows: Tensor, count: int, draws: Draws, *, weights: Tensor | None = None, start: Tensor | None = None
) -> Clusters:
    """Cluster rows (Lloyd's algorithm, at most 10 assignments).

    Centroids start at `count` rows drawn without replacement; a cluster that loses all its members restarts at a row
    drawn at random. It ends early when the centroids moved by less than 1e-4 in sum; the centroids returned are then
    the ones the labels were made with, otherwise those after the last assignment. Distances and means are taken in
    float32 and then rounded to the rows' type wherever that can hold them: the original computes in half precision,
    whose rounding decides ties; only its overflow to infinity is not repeated.

    Args:
        rows: [rows, tokens, dim].
        count: clusters wanted; with no more rows than that, every row is its own cluster and nothing is drawn.
        draws: source of the random rows.
        weights: [rows], one each if not given.
        start: [count], rows to start from instead of drawn ones.
    """
    total = rows.shape[0]
    if weights is None:
        weights = torch.ones(total, device=rows.device)
    weights = weights.to(torch.promote_types(weights.dtype, torch.float32))
    if total <= count:
        return Clusters(centroids=rows, weights=weights, labels=torch.arange(total, device=rows.device))
    if start is None:
        start = draws.permutation(total, rows.device)[:count]
    centroids, mass, labels = _lloyd(rows.flatten(1), start, weights, draws)
    return Clusters(centroids=centroids.reshape(count, *rows.shape[1:]), weights=mass, labels=labels)


def _lloyd(rows: Tensor, start: Tensor, weights: Tensor, draws: Draws) -> tuple[Tensor, Tensor, Tensor]:
    points = rows.to(torch.promote_types(rows.dtype, torch.float32))
    # Of few long rows it is quicker to measure all pairs at once; short ones are measured in the formula's own order
    # of addition, which decides exact ties.
    few = len(points) <= 4 * len(start) and points.shape[1] > _LONG_ROW
    # One way of measuring for all columns: the same point must be at the same distance whenever it was measured, or
    # rounding would decide between identical centroids.
    measure = partial(_between_few, points) if few else partial(between, points)
    centroids = points[start]
    distances = _like(rows.dtype, among(points)[:, start] if few else measure(centroids))
    for _ in range(_ITERATIONS):
        labels = distances.argmin(dim=1)
        moved, mass = _means(points, weights, labels, len(start), draws, rows.dtype)
        if torch.linalg.vector_norm(centroids - moved, dim=1).sum() < _TOLERANCE:
            break
        changed = (moved != centroids).any(dim=1).nonzero().squeeze(1)
        distances[:, changed] = _like(rows.dtype, measure(moved[changed]))
        centroids = moved
    return centroids.to(rows.dtype), mass, labels


def _between_few(rows: Tensor, points: Tensor) -> Tensor:
    return among(torch.cat([rows, points]))[: len(rows), len(rows) :]


def _means(
    rows: Tensor, weights: Tensor, labels: Tensor, count: int, draws: Draws, dtype: torch.dtype
) -> tuple[Tensor, Tensor]:
    members = one_hot(labels, count).T * weights
    mass = members.sum(dim=1)
    # A product instead of a scattered sum: the order of addition, and so the result, is the same at every run.
    sums = _rounded(members.to(rows.dtype) @ rows, dtype)
    means = _rounded(sums / mass.to(rows.dtype)[:, None], dtype)
    for empty in (mass == 0).nonzero().squeeze(1).tolist():
        means[empty] = rows[draws.row(len(rows))]
    return means, mass


def _rounded(values: Tensor, dtype: torch.dtype) -> Tensor:
    """Round to what `dtype` can hold, where it can: half precision decides ties, but must not overflow."""
    if dtype == values.dtype:
        return values
    rounded = values.to(dtype).to(values.dtype)
    return torch.where(rounded.isfinite(), rounded, values)


def _like(dtype: torch.dtype, distances: Tensor) -> Tensor:
    """Round distances as sums and roots taken in `dtype` would be."""
    if dtype == distances.dtype:
        return distances
    return _rounded(_rounded(distances.square(), dtype).sqrt(), dtype)
