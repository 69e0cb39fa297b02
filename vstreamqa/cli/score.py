"""`vstreamqa score`: score a run again, without the model."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def command(
    run: Annotated[Path, typer.Argument(help="A run folder.")],
    json: Annotated[bool, typer.Option("--json", help="Print the summary as JSON.")] = False,
) -> int:
    """Score a run folder by rules and print its table."""
    from vstreamqa.cli.printing import print_json, print_results
    from vstreamqa.results import score_run_folder

    results = score_run_folder(run)
    (print_json if json else print_results)(results)
    return results.exit_code
