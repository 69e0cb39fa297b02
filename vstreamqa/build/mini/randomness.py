"""Every random draw of a world comes from what the world is and what the draw is for."""

from __future__ import annotations

import hashlib
import random


def draws(*purpose: str | int) -> random.Random:
    """Return a generator that depends on nothing but its purpose; two purposes never share one."""
    text = "\x1f".join(str(part) for part in ("mini", *purpose))
    return random.Random(hashlib.sha256(text.encode()).digest())  # noqa: S311  # pictures, not secrets
