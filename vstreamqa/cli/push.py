"""`vstreamqa push`: put the questions of a built suite on the hub."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def command(
    suite: Annotated[Path, typer.Argument(metavar="DIR", help="Folder of a built suite.")],
    repo: Annotated[str, typer.Option(help="NAMESPACE/NAME on the hub.")],
    public: Annotated[bool, typer.Option("--public", help="Make a new repository public; it is private else.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="List what would be uploaded, and stop.")] = False,
) -> int:
    """Upload tables and card of a built suite, never its media."""
    from vstreamqa.build.pushing import check_repo, push, uploads

    files = uploads(suite)
    check_repo(repo)
    address = None if dry_run else push(suite, repo, public=public)
    for path in files:
        typer.echo(f"{'would upload' if dry_run else 'uploaded'} {path.as_posix()}")
    if address is not None:
        typer.echo(f"pushed to {address}")
    return 0
