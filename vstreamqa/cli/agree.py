"""`vstreamqa agree`: how far judges agree, with each other or with people."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer


def command(
    run: Annotated[list[Path], typer.Argument(help="Run folders that have been scored; several rank their models.")],
    labels: Annotated[
        Path | None, typer.Option(help="CSV of human labels: question_id, correct; suite, config, control, run.")
    ] = None,
    control: Annotated[
        str | None, typer.Option(help="Compare verdicts on a control's answers, not the model's.")
    ] = None,
    format: Annotated[str, typer.Option(help="table, markdown or json.")] = "table",
) -> int:
    """Compare the judges that have scored a run, pair by pair: agreement, Cohen's kappa, and how models are ranked."""
    from vstreamqa.agreeing import agree, render

    found = agree(run, labels=labels, control=control)
    if format == "table":
        from vstreamqa.cli.printing import make_console
        from vstreamqa.report.terminal import render_terminal

        render_terminal(found.page(), make_console())
    else:
        sys.stdout.write(render(found, format))
    return 0
