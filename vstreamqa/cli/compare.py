"""`vstreamqa compare`: two runs on the same questions."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from vstreamqa.errors import UserError, suggestion

_SHOWN = 10
"""Questions that changed sides, either way, on a terminal."""


def command(
    first: Annotated[Path, typer.Argument(metavar="A", help="A run folder.")],
    second: Annotated[Path, typer.Argument(metavar="B", help="Another; or the same, with --control-b.")],
    control: Annotated[str | None, typer.Option(help="Compare this arm of both instead of the model.")] = None,
    control_b: Annotated[str | None, typer.Option(help="Another arm of B: blind, or model.")] = None,
    mixed: Annotated[bool, typer.Option("--mixed", help="Compare different tasks or scorings all the same.")] = False,
    format: Annotated[str, typer.Option(help="table, markdown, csv, csv-changed, latex or json.")] = "table",
    out: Annotated[Path | None, typer.Option(help="Write to a file.")] = None,
) -> int:
    """Print by how much two runs differ on the same questions, how sure that is, and which answers changed sides."""
    from vstreamqa.comparing import FORMATS, CompareRequest, read_comparison, render
    from vstreamqa.reporting import refuse_inside, write_file

    if format not in FORMATS:
        raise UserError(f"--format {format}: unknown{suggestion(format, FORMATS)}")
    if out is not None:
        refuse_inside("--out", out, (first, second))
        if format == "table":
            raise UserError(f"--out {out}: a table is printed; add --format markdown, csv, csv-changed, latex or json")
    request = CompareRequest(first=first, second=second, control=control, control_b=control_b, mixed=mixed)
    comparison = read_comparison(request)
    if format == "table":
        from vstreamqa.cli.printing import make_console
        from vstreamqa.report.comparedpage import compared_page
        from vstreamqa.report.table import render_terminal

        render_terminal(compared_page(comparison, shown=_SHOWN), make_console())
    elif out is None:
        sys.stdout.write(render(comparison, format))
    else:
        write_file(out, render(comparison, format).encode())
    return 0
