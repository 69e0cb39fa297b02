"""One way to hash a specification, so that equal settings have equal hashes on every machine."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import msgspec

_HEX_DIGITS = 16


def canonical_json(obj: Any) -> bytes:
    """Write an object as JSON in its one canonical form, UTF-8.

    Keys are sorted, nothing is spaced out, and a float without a fraction is written as the integer it equals, so
    that `1` and `1.0` are the same setting. Records and dataclasses are written as the objects they are in files.

    Raises:
        TypeError: something in it has no form in JSON.
        ValueError: a number in it is infinite or not a number.
    """
    plain = _integral(msgspec.to_builtins(obj))
    text = json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return text.encode()


def spec_hash(obj: Mapping[str, Any]) -> str:
    """Return the first 16 hex digits of the SHA-256 of an object's canonical JSON."""
    return hashlib.sha256(canonical_json(obj)).hexdigest()[:_HEX_DIGITS]


def _integral(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _integral(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_integral(item) for item in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value
