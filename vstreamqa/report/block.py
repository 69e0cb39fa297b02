"""What a table is, before it is drawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Role = Literal["model", "category", "control"]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a table, and what it is about."""

    role: Role
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Block:
    """A table with its title above and its notes below; the first column is text, the others are figures."""

    title: str
    header: tuple[str, ...]
    lines: tuple[Line, ...]
    notes: tuple[str, ...]
