"""The names of COIN's steps and tasks as VideoLLM-online writes them."""

from __future__ import annotations

import re

_STEPS = {
    "process (crop, fold) paper": "crop and fold paper",
    "try to press gun head, spray residual old grease": "try to press gun head to spray residual old grease",
}
_KEPT = ("TV", "CD", "SIM", "NBA", "SSD", "RJ45")
_WORDS = re.compile(rf"{'|'.join(_KEPT)}|[A-Z][a-z]*|[a-z]+|\d+")


def step_name(label: str) -> str:
    """Return the name of a step; two of them are put differently."""
    return _STEPS.get(label, label)


def task_name(label: str) -> str:
    """Turn a task's name into lower-case words: "ReplaceSIMCard" becomes "replace SIM card"."""
    words = _WORDS.findall(label)
    return " ".join(word if word in _KEPT else word.lower() for word in words)
