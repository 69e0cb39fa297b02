"""Weighted k-means of the temporal memory against its formula written down plainly: time, peak memory, same result.

Two cases at the released sizes (25 clusters of 16 tokens of 1024): one frame more than there are clusters, which
streaming does at every frame, and 1,200 frames at once, which the offline memory does at every question. Times are
medians of runs that take turns in one process; peaks come from a fresh process each.

    python benchmarks/weighted_kmeans.py [--device cuda] [--threads N] [--quick]
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import statistics
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import torch
from recording import record
from torch import Tensor

from vstreamqa.models.shared.draws import Draws, SeededDraws
from vstreamqa.models.shared.kmeans import weighted_kmeans

CLUSTERS, TOKENS, DIM = 25, 16, 1024
SEED = 1
CASES = {"streaming": (26, 30), "offline": (1200, 3)}
"""Rows and timed runs of a case."""

Clustering = Callable[[Tensor, int, Draws], tuple[Tensor, Tensor]]


def package(rows: Tensor, count: int, draws: Draws) -> tuple[Tensor, Tensor]:
    """Cluster with the package; return centroids and labels."""
    clusters = weighted_kmeans(rows, count, draws)
    return clusters.centroids, clusters.labels


def plain(rows: Tensor, count: int, draws: Draws) -> tuple[Tensor, Tensor]:
    """Cluster by the formula as it stands: all differences at once, means cluster by cluster."""
    points = rows.flatten(1)
    centroids = points[draws.permutation(len(points), points.device)[:count]]
    for _ in range(10):
        labels = (points[:, None] - centroids[None]).square().sum(dim=-1).sqrt().argmin(dim=1)
        moved = torch.empty_like(centroids)
        for cluster in range(count):
            members = points[labels == cluster]
            moved[cluster] = members.mean(dim=0) if len(members) else points[draws.row(len(points))]
        if (centroids - moved).norm(dim=1).sum() < 1e-4:
            break
        centroids = moved
    return centroids.reshape(count, *rows.shape[1:]), labels


WAYS: dict[str, Clustering] = {"package": package, "plain": plain}


def walk(rows: int, device: str) -> Tensor:
    """Return features of a slowly changing video with a cut every 60 frames, [rows, TOKENS, DIM]."""
    generator = torch.Generator().manual_seed(SEED)
    scenes = torch.randn(rows // 60 + 1, TOKENS, DIM, generator=generator)
    steps = 0.1 * torch.randn(rows, TOKENS, DIM, generator=generator)
    return (scenes[torch.arange(rows) // 60] + steps.cumsum(dim=0)).to(device)


def timed(way: Clustering, rows: Tensor) -> float:
    """Return the seconds of one clustering."""
    synchronise(rows)
    begun = time.perf_counter()
    way(rows, CLUSTERS, SeededDraws(SEED))
    synchronise(rows)
    return time.perf_counter() - begun


def synchronise(rows: Tensor) -> None:
    """Wait for a GPU to finish."""
    if rows.is_cuda:
        torch.cuda.synchronize()


def peak_bytes(way: str, rows: int, device: str, threads: int) -> int:
    """Return how far clustering raises the memory above that of its input (run in a fresh process)."""
    torch.set_num_threads(threads)
    data = walk(rows, device)
    WAYS[way](data[: CLUSTERS + 1], CLUSTERS, SeededDraws(SEED))
    if device == "cuda":
        torch.cuda.reset_peak_memory_stats()
        before = torch.cuda.memory_allocated()
        WAYS[way](data, CLUSTERS, SeededDraws(SEED))
        return torch.cuda.max_memory_allocated() - before
    with ResidentPeak() as peak:
        until = time.perf_counter() + 1
        while time.perf_counter() < until:
            WAYS[way](data, CLUSTERS, SeededDraws(SEED))
    return peak.bytes


class ResidentPeak:
    """Looks at the process's resident memory every millisecond while it is entered; keeps the largest rise."""

    def __init__(self) -> None:
        self.bytes = 0
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch)

    def __enter__(self) -> ResidentPeak:
        self._process = psutil.Process()
        self._before = self._process.memory_info().rss
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._done.wait(0.001):
            self.bytes = max(self.bytes, self._process.memory_info().rss - self._before)


def measure(rows: int, runs: int, device: str) -> dict[str, Any]:
    """Measure one case."""
    with multiprocessing.get_context("spawn").Pool(1, maxtasksperchild=1) as pool:
        peaks = {name: pool.apply(peak_bytes, (name, rows, device, torch.get_num_threads())) for name in WAYS}
    data = walk(rows, device)
    results = {name: way(data, CLUSTERS, SeededDraws(SEED)) for name, way in WAYS.items()}
    seconds: dict[str, list[float]] = {name: [] for name in WAYS}
    for _ in range(runs):
        for name, way in WAYS.items():
            seconds[name].append(timed(way, data))
    medians = {name: statistics.median(found) for name, found in seconds.items()}
    (centroids, labels), (plain_centroids, plain_labels) = results["package"], results["plain"]
    return {
        "rows": rows,
        "runs": runs,
        "seconds_median": medians,
        "plain_over_package_time": medians["plain"] / medians["package"],
        "peak_bytes": peaks,
        "same_labels": torch.equal(labels, plain_labels),
        "largest_difference_of_centroids": float((centroids - plain_centroids).abs().max()),
    }


def main() -> None:
    """Measure, print a table and keep the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--device", default="cpu", choices=["cpu", "cuda"])
    parser.add_argument("--quick", action="store_true", help="one run a case, kept nowhere")
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    cases = {
        name: measure(rows, 1 if arguments.quick else runs, arguments.device) for name, (rows, runs) in CASES.items()
    }
    print(f"{'case':<10} {'plain':>10} {'package':>10} {'ratio':>7} {'peak plain':>11} {'peak package':>13}  same")
    for name, case in cases.items():
        seconds, peaks = case["seconds_median"], case["peak_bytes"]
        print(
            f"{name:<10} {seconds['plain'] * 1e3:>7.1f} ms {seconds['package'] * 1e3:>7.1f} ms"
            f" {case['plain_over_package_time']:>6.1f}x {peaks['plain'] / 2**20:>7.0f} MiB"
            f" {peaks['package'] / 2**20:>9.0f} MiB  {case['same_labels']}"
        )
    figures = {"device": arguments.device, "clusters": CLUSTERS, "tokens": TOKENS, "dim": DIM, "cases": cases}
    if arguments.quick:
        print(json.dumps(figures, indent=1))
    else:
        record(Path(__file__).with_stem(f"weighted_kmeans_{arguments.device}"), figures)


if __name__ == "__main__":
    main()
