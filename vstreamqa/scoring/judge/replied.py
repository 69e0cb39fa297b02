"""The objects in a judge's reply that hold a verdict: JSON, or a dictionary as Python writes it."""

from __future__ import annotations

import ast
import json
import re
import warnings
from collections.abc import Iterator
from itertools import islice
from typing import Any

VERDICT_KEYS = ("verdict", "pred", "prev")
"""`pred` is the official wording's; `prev` is how models sometimes write it."""
_MOST_ENDS = 4

Pairs = list[tuple[str, Any]]
"""Keys, in lower case, and values; a key may be there twice, with two values."""


def verdict_objects(text: str) -> Iterator[tuple[int, int, Pairs]]:
    """Yield where an object with a verdict begins and ends, and what it holds; one within another is yielded too."""
    for found in re.finditer(r"\{", text):
        begin = found.start()
        read = _json(text, begin) or _python(text, begin)
        if read is not None and any(key in VERDICT_KEYS for key, _ in read[1]):
            yield begin, read[0], read[1]


def _json(text: str, begin: int) -> tuple[int, Pairs] | None:
    try:
        value, end = _DECODER.raw_decode(text, begin)
    except (ValueError, RecursionError):
        return None
    return end, value.pairs


def _python(text: str, begin: int) -> tuple[int, Pairs] | None:
    """Read a flat dictionary as Python writes it; braces within its strings are few."""
    for found in islice(re.finditer(r"\}", text[begin:]), _MOST_ENDS):
        end = begin + found.end()
        try:
            node = _parsed(text[begin:end])
            if isinstance(node, ast.Dict):
                pairs = [(ast.literal_eval(k), ast.literal_eval(v)) for k, v in _items(node)]
                return end, [(_plain(key), value) for key, value in pairs]
        except (ValueError, SyntaxError, TypeError, RecursionError, MemoryError):
            continue
    return None


def _parsed(text: str) -> ast.expr:
    with warnings.catch_warnings():  # about backslashes in what a judge writes
        warnings.simplefilter("ignore")
        return ast.parse(text, mode="eval").body


def _items(node: ast.Dict) -> Iterator[tuple[ast.expr, ast.expr]]:
    for key, value in zip(node.keys, node.values, strict=True):
        if key is None:  # **other
            raise ValueError("not a literal")
        yield key, value


def _plain(key: object) -> str:
    return str(key).strip().lower()


class _Object:
    """An object of JSON as its pairs."""

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        self.pairs: Pairs = [(_plain(key), value) for key, value in pairs]


_DECODER = json.JSONDecoder(object_pairs_hook=_Object)
