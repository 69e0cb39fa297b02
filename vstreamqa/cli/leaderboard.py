"""`vstreamqa leaderboard`: published figures and submitted runs on one page."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from vstreamqa.errors import UserError

app = typer.Typer(no_args_is_help=True, help="Build the leaderboard, add a run to it, or check what was added.")

_Folder = Annotated[Path | None, typer.Option(help="Leaderboard folder; by default ./leaderboard, else the project's.")]


@app.command()
def build(
    folder: _Folder = None,
    out: Annotated[Path, typer.Option(help="Where LEADERBOARD.md, CSV, JSON and site/ go.")] = Path("leaderboard"),
) -> int:
    """Write the leaderboard as Markdown, CSV, JSON and a page that works from its folder."""
    from vstreamqa.leaderboard.building import build as build_leaderboard
    from vstreamqa.leaderboard.building import chosen_folder

    source = chosen_folder(folder)
    written = build_leaderboard(source, out)
    typer.echo(f"{len(written)} files in {out}, of {source}; open {out / 'site' / 'index.html'}")
    return 0


@app.command()
def add(
    run: Annotated[Path, typer.Argument(help="Run folder, finished, with the floors constant and blind.")],
    name: Annotated[str, typer.Option(help="Name of the submission: small letters, digits, '.', '_' and '-'.")],
    title: Annotated[str | None, typer.Option(help="The model as the table names it.")] = None,
    by: Annotated[str | None, typer.Option(help="Who submits.")] = None,
    link: Annotated[str | None, typer.Option(help="https address of a paper or of code.")] = None,
    folder: Annotated[Path, typer.Option(help="Leaderboard folder.")] = Path("leaderboard"),
    replace: Annotated[bool, typer.Option("--replace", help="Replace a submission of this name.")] = False,
) -> int:
    """Pack a run into one reviewed file: how it was made, figures, verdicts; no media, questions or answers."""
    from vstreamqa.leaderboard.checking import problems
    from vstreamqa.leaderboard.packing import Label, pack, write_submission

    path = folder / "submissions" / f"{name}.json"
    if path.exists() and not replace:
        raise UserError(f"{path}: is there already; give --replace or another --name")
    before = path.read_bytes() if path.exists() else None
    write_submission(path, pack(run, Label(name=name, title=title, by=by, link=link)))
    found = problems(path, run)
    if found:
        path.unlink() if before is None else path.write_bytes(before)
        _tell(found)
        return 1
    typer.echo(f"{path}: {path.stat().st_size:,} bytes; checked. Next: vstreamqa leaderboard build, and a pull request")
    return 0


@app.command()
def check(
    submission: Annotated[list[Path] | None, typer.Argument(help="Submissions; by default all of the folder.")] = None,
    run: Annotated[Path | None, typer.Option(help="Run folder of the one submission: compare it too.")] = None,
    folder: _Folder = None,
) -> int:
    """Check submissions: schema, hashes, completeness, floors, and that the figures follow from the verdicts."""
    from vstreamqa.leaderboard.building import chosen_folder
    from vstreamqa.leaderboard.checking import problems
    from vstreamqa.leaderboard.files import ordered

    paths = submission or ordered(chosen_folder(folder) / "submissions")
    if run is not None and len(paths) != 1:
        raise UserError(f"--run {run}: name the one submission that was packed from it")
    for path in paths:
        if not path.is_file():
            raise UserError(f"{path}: no such file; name one of leaderboard/submissions/")
    found = [line for path in paths for line in problems(path, run)]
    _tell(found)
    if not found:
        typer.echo(f"{len(paths)} submission{'' if len(paths) == 1 else 's'}: nothing wrong")
    return 1 if found else 0


def _tell(found: list[str]) -> None:
    from vstreamqa.report.names import visible

    for line in found:
        typer.echo(visible(line), err=True)
