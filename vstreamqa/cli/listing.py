"""`vstreamqa list`: what there is, by name."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(no_args_is_help=True, help="List models, suites or controls.")


@app.command()
def models() -> None:
    """List the models that can be evaluated."""
    from vstreamqa.registry import recipes

    _print_pairs({recipe.name: recipe.summary for recipe in recipes().values()})


@app.command()
def suites(data: Annotated[Path | None, typer.Option(help="Folder of the suites (or VSTREAMQA_DATA).")] = None) -> None:
    """List the suites: their configs, and whether they are built, built in part, or how to get them."""
    from vstreamqa.suites.describe import describe_suites

    _print_pairs(describe_suites(data))


@app.command()
def controls() -> None:
    """List the controls."""
    from vstreamqa.replay.controls import DESCRIPTIONS

    _print_pairs(DESCRIPTIONS)


def _print_pairs(pairs: dict[str, str]) -> None:
    width = max(map(len, pairs))
    for name, text in pairs.items():
        typer.echo(f"{name:{width}}  {text}")
