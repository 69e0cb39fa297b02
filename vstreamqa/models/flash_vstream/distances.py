"""Euclidean distances: lives in `vstreamqa.models.shared.distances`; the name here is for tests and benchmarks."""

from vstreamqa.models.shared.distances import among, between

__all__ = ["among", "between"]
