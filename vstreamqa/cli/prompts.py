"""`vstreamqa prompts`: official wording out of a checkout of its repository."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(no_args_is_help=True, help="Import official wording, which the project does not copy.")


@app.callback()
def prompts() -> None:
    """Import official wording, which the project does not copy."""


@app.command("import")
def import_command(
    checkout: Annotated[Path, typer.Option("--from", help="A checkout of an official repository; nothing of it runs.")],
) -> int:
    """Read official wording out of a checkout, check it against its hashes, and keep it in the data folder."""
    from vstreamqa.prompts.imported import import_prompts, prompts_folder
    from vstreamqa.prompts.told import told
    from vstreamqa.report.names import visible

    folder = prompts_folder()
    found = import_prompts(checkout, folder)
    for line in told(found, folder):
        typer.echo(visible(line))
    return found.exit_code
