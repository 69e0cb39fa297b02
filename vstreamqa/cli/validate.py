"""`vstreamqa validate`: check a built suite again."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def command(
    suite: Annotated[Path, typer.Argument(metavar="DIR", help="Folder of a built suite.")],
    workers: Annotated[int, typer.Option(min=1, max=64, help="How many videos are checked at once.")] = 2,
) -> int:
    """Check tables, counts, hashes and every medium of a built suite; exit code 1 if anything is wrong."""
    from vstreamqa.build.validating import validate

    validation = validate(suite, workers=workers)
    for problem in validation.problems:
        typer.echo(f"{problem.kind}: {problem.place}: {problem.text}")
    for line in validation.lines():
        typer.echo(line)
    return 1 if validation.problems else 0
