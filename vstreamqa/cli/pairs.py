"""Print names with what is said of them."""

from __future__ import annotations

from collections.abc import Mapping

import typer


def print_pairs(pairs: Mapping[str, str]) -> None:
    """Print a line for each name, the texts one below the other."""
    width = max(map(len, pairs), default=0)
    for name, text in pairs.items():
        typer.echo(f"{name:{width}}  {text}")
