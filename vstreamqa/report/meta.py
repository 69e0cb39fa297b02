"""What stands above and under a table besides its figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class TableMeta:
    """How the figures of a table were made.

    Attributes:
        model: name of the model.
        options: its settings that are worth showing, by name.
        task_hash: hash of what was asked.
        model_hash: hash of the model's settings.
        scoring_hash: hash of how it was scored.
        clock: logical, wall or virtual.
        seed: source of all randomness.
        hardware: where it ran, in one line.
        demo_notice: the sentence every table of a demo run carries, or None.
        notes: further sentences, one line each.
        errors: planned rows that failed.
        planned: planned questions, counted per arm.
        missing: those of them without any row yet.
    """

    model: str
    options: Mapping[str, Any]
    task_hash: str
    model_hash: str
    scoring_hash: str
    clock: str
    seed: int
    hardware: str
    demo_notice: str | None = None
    notes: tuple[str, ...] = ()
    errors: int = 0
    planned: int = 0
    missing: int = 0
