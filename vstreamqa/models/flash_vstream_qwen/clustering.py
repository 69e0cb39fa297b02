"""Ordered weighted k-means, with which the context synopsis memory (CSM) sums up a stream."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from statistics import fmean

import torch
from torch import Tensor

from vstreamqa.models.shared.distances import between
from vstreamqa.models.shared.draws import Draws
from vstreamqa.models.shared.kmeans import weighted_kmeans

_BEGINNING = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderedClusters:
    """Clusters in the order of their mean row numbers.

    Attributes:
        centroids: [clusters, tokens, dim], in the type of the rows.
        weights: [clusters], at least float32: summed weight of the members.
        times: [clusters], float32: mean row number of the members. A row number is a place in the sequence that was
            clustered; only where nothing was clustered before is it a time of the stream.
        members: row numbers of each cluster.
    """

    centroids: Tensor
    weights: Tensor
    times: Tensor
    members: tuple[tuple[int, ...], ...]


def ordered_kmeans(rows: Tensor, count: int, draws: Draws, *, weights: Tensor | None = None) -> OrderedClusters:
    """Cluster rows in float32 and sort the clusters by time (arXiv 2506.23825; specification B5).

    Centroids start at rows drawn without replacement among the *different* rows, which are numbered in lexicographic
    order; the rounds are those of `weighted_kmeans`. With fewer different rows than clusters, every different row is
    a cluster of weight 1, and as many rows from the beginning as clusters are lacking come before them. With no more
    rows than clusters, nothing is clustered: given weights are forgotten, times count from 0.

    Distances are taken by explicit difference, where the original expands the square and can get NaN from a negative
    rest; a cluster that is empty in the end keeps the row that was drawn for it, with weight 0 and that row's number,
    where the original divides by zero.

    Args:
        rows: [rows, tokens, dim].
        count: clusters wanted.
        draws: source of the random rows.
        weights: [rows], one each if not given.
    """
    if len(rows) <= count:
        return _every_row(rows)
    points = rows.float()
    labels = _distinct(points.flatten(1))
    first_rows = _first_rows(labels)
    if len(first_rows) < count:
        return _padded(rows, count, labels, first_rows)
    start = first_rows[draws.permutation(len(first_rows), rows.device)[:count]]
    clusters = weighted_kmeans(points, count, draws, weights=weights, start=start)
    members = _members(clusters.labels, count)
    times = [
        fmean(own) if own else _number_of(centroid, points)
        for own, centroid in zip(members, clusters.centroids, strict=True)
    ]
    order = sorted(range(count), key=times.__getitem__)
    return OrderedClusters(
        centroids=clusters.centroids[order].to(rows.dtype),
        weights=clusters.weights[order],
        times=torch.tensor([times[cluster] for cluster in order], device=rows.device),
        members=tuple(members[cluster] for cluster in order),
    )


def _every_row(rows: Tensor) -> OrderedClusters:
    return OrderedClusters(
        centroids=rows,
        weights=torch.ones(len(rows), device=rows.device),
        times=torch.arange(len(rows), dtype=torch.float32, device=rows.device),
        members=tuple((row,) for row in range(len(rows))),
    )


def _padded(rows: Tensor, count: int, labels: Tensor, first_rows: Tensor) -> OrderedClusters:
    """Return the different rows in the order of their mean numbers, behind as many first rows as are lacking."""
    lacking = count - len(first_rows)
    distinct = _members(labels, len(first_rows))
    order = sorted(range(len(distinct)), key=lambda cluster: fmean(distinct[cluster]))
    members = (*((row,) for row in range(lacking)), *(distinct[cluster] for cluster in order))
    return OrderedClusters(
        centroids=torch.cat([rows[:lacking], rows[first_rows[order]]]),
        weights=torch.ones(count, device=rows.device),
        times=torch.tensor([fmean(own) for own in members], device=rows.device),
        members=members,
    )


def _distinct(rows: Tensor) -> Tensor:
    """Number the different rows in lexicographic order; return the number of each row, [rows]."""
    beginnings = rows[:, :_BEGINNING].tolist()
    order = sorted(range(len(rows)), key=beginnings.__getitem__)
    if all(beginnings[one] != beginnings[next_one] for one, next_one in pairwise(order)):
        # The usual case by far: long rows differ near their beginnings, and sorting them whole takes long.
        return torch.tensor(order, device=rows.device).argsort()
    labels: Tensor = torch.unique(rows, dim=0, return_inverse=True)[1]
    return labels


def _first_rows(labels: Tensor) -> Tensor:
    """Return the first row of each label."""
    rows = torch.arange(len(labels), device=labels.device)
    return rows.new_full((int(labels.max()) + 1,), len(labels)).scatter_reduce(0, labels, rows, "amin")


def _members(labels: Tensor, count: int) -> tuple[tuple[int, ...], ...]:
    members: list[list[int]] = [[] for _ in range(count)]
    for row, cluster in enumerate(labels.tolist()):
        members[cluster].append(row)
    return tuple(map(tuple, members))


def _number_of(centroid: Tensor, points: Tensor) -> float:
    return float(between(points.flatten(1), centroid.reshape(1, -1)).argmin())
