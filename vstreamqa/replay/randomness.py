"""Every random draw comes from (seed, stream, question): neither order nor resume changes an answer."""

from __future__ import annotations

import hashlib


def derive_seed(seed: int, *names: str) -> int:
    """Return a 63-bit seed from the run's seed and the names of what it is for."""
    text = "\x1f".join([str(seed), *names])
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") >> 1
