"""`vstreamqa report`: the table of a run in another format."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def command(
    run: Annotated[Path, typer.Argument(help="A run folder.")],
    format: Annotated[str, typer.Option(help="table, markdown, csv or json.")] = "table",
) -> int:
    """Print the table of a run."""
    from vstreamqa.cli.printing import print_as
    from vstreamqa.results import read_results

    print_as(read_results(run), format)
    return 0
