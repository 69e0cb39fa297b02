"""Greedy decoding: lives in `vstreamqa.models.shared.decoding`; the name here is for tests and benchmarks."""

from vstreamqa.models.shared.decoding import greedy_tokens

__all__ = ["greedy_tokens"]
