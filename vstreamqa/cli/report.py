"""`vstreamqa report`: tables and plots of runs, side by side and in other formats."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from vstreamqa.errors import UserError, suggestion


def command(
    run: Annotated[list[Path], typer.Argument(help="Run folders; several are shown side by side.")],
    format: Annotated[
        str, typer.Option(help="table, markdown, csv, csv-ages, csv-averages, csv-arms, latex, json or html.")
    ] = "table",
    out: Annotated[Path | None, typer.Option(help="Write to a file; beside HTML, its plot as PNG too.")] = None,
    mixed: Annotated[
        bool, typer.Option("--mixed", help="Put runs of different tasks or scorings into one table.")
    ] = False,
    plot: Annotated[Path | None, typer.Option(help="Draw accuracy against age of evidence: .png or .svg.")] = None,
) -> int:
    """Print the tables of runs, with accuracy by age of the evidence and the memory that the suite asks for."""
    from vstreamqa.reporting import FORMATS, read_report, refuse_inside, render, write_file, write_plot

    if format not in FORMATS:
        raise UserError(f"--format {format}: unknown{suggestion(format, FORMATS)}")
    for option, path in (("--out", out), ("--plot", plot)):
        if path is not None:
            refuse_inside(option, path, run)
    runs = read_report(run)
    if plot is not None:
        write_plot(runs, plot, mixed=mixed)
    if format == "table" and out is None:
        from vstreamqa.cli.printing import print_report

        print_report(runs, run, mixed=mixed)
    elif format == "table":
        raise UserError(f"--out {out}: a table is printed; add --format markdown, csv, latex, json or html")
    elif out is None:
        sys.stdout.write(render(runs, format, mixed=mixed))
    else:
        write_file(out, render(runs, format, mixed=mixed).encode())
        if format == "html" and plot is None and any(one.ages for one in runs):
            write_plot(runs, out.with_suffix(".png"), mixed=mixed)
    return 0
