"""Weighted k-means: lives in `vstreamqa.models.shared.kmeans`; the name here is for tests and benchmarks."""

from vstreamqa.models.shared.kmeans import Clusters, weighted_kmeans

__all__ = ["Clusters", "weighted_kmeans"]
