"""The command that trains a tiny Flash-VStream."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import torch
import typer

from vstreamqa.training.tiny.flash_vstream.figures import held_out_figures, lines_of
from vstreamqa.training.tiny.flash_vstream.recipe import Recipe, train


def main() -> None:
    """Run the command."""
    typer.run(_train)


def _train(
    out: Annotated[Path, typer.Option(help="Folder to write the checkpoint to; it must not exist.")],
    seed: Annotated[int, typer.Option(help="Of worlds, weights and order.")] = 1,
    threads: Annotated[int, typer.Option(help="Threads of torch.")] = 2,
) -> None:
    """Train a tiny Flash-VStream on made-up worlds, from nothing, in about half an hour; then measure it."""
    if out.exists():
        raise typer.BadParameter(f"{out} exists; name another folder, or remove it", param_hint="--out")
    torch.set_num_threads(threads)
    begun = time.monotonic()

    def tell(line: str) -> None:
        typer.echo(f"{time.monotonic() - begun:6.0f} s  {line}")

    train(out, seed=seed, recipe=Recipe(), tell=tell)
    tell(f"written to {out}; measuring on held-out worlds")
    for line in lines_of(held_out_figures(out)):
        tell(line)
