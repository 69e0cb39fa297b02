"""`vstreamqa view`: a run in the browser, question by question."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from vstreamqa.errors import UserError

_MOST = 2


def command(
    run: Annotated[list[Path], typer.Argument(help="A run folder, or two to see side by side.")],
    out: Annotated[Path | None, typer.Option(help="Write the page into a new folder instead of serving it.")] = None,
    port: Annotated[int, typer.Option(help="Port to serve it on; any free one if not given.")] = 0,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Open no browser; print the address alone.")] = False,
    data: Annotated[Path | None, typer.Option(help="Where the media are now: folder of suites, or of --video.")] = None,
) -> int:
    """Show a run question by question: timeline, frames, answer, verdict; on this machine alone, or as files."""
    from vstreamqa.viewer.run import serve, write

    if len(run) > _MOST:
        raise UserError(f"{run[_MOST]}: at most two runs can be seen side by side; `vstreamqa report` takes more")
    if data is not None and not data.is_dir():
        raise UserError(f"--data {data}: is not there; name the folder where the media are now")
    if out is not None:
        typer.echo(write(run, out, data))
        return 0
    serve(run, port=port, browser=not no_browser, data=data, say=typer.echo)
    return 0
