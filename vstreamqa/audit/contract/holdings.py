"""How much a session holds: tensors, arrays and bytes that can be reached from it, and not from its model."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterable
from types import FunctionType, ModuleType
from typing import Any

import numpy as np

_SHARED = (type, ModuleType, FunctionType)


def held_bytes(session: object, model: object) -> int:
    """Return the bytes of tensors, arrays, texts and bytes that a session holds on its own."""
    shared = {id(one) for one in _reachable([model], set())}
    total = 0
    for one in _reachable([session], shared):
        total += _size(one)
    return total


def _reachable(roots: Iterable[object], known: set[int]) -> list[object]:
    """Return every object that can be reached from some, classes and modules and what is known left out."""
    seen, found, ahead = set(known), [], list(roots)
    while ahead:
        one = ahead.pop()
        if id(one) in seen or isinstance(one, _SHARED):
            continue
        seen.add(id(one))
        found.append(one)
        ahead.extend(gc.get_referents(one))
    return found


def _size(one: Any) -> int:
    if isinstance(one, np.ndarray):
        return int(one.nbytes) if one.base is None else 0
    torch = sys.modules.get("torch")
    if torch is not None and isinstance(one, torch.Tensor):
        return int(one.untyped_storage().nbytes()) if one.device.type != "meta" else 0
    return len(one) if isinstance(one, str | bytes | bytearray) else 0
