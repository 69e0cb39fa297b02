"""Write the leaderboard: Markdown, CSV, JSON and the page. The same input gives the same bytes."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from vstreamqa.errors import UserError
from vstreamqa.leaderboard.board import PUBLISHED, SUBMISSIONS, read_board
from vstreamqa.leaderboard.exporting import render_csv, render_json
from vstreamqa.leaderboard.markdown import render_markdown
from vstreamqa.leaderboard.site import site_files
from vstreamqa.pages.vendor import VENDOR, vendored
from vstreamqa.resources import project_folder

FOLDER = "leaderboard"
SITE = "site"


def leaderboard_folder() -> Path:
    """Return the project's leaderboard folder: beside the package in a checkout, inside it once installed."""
    return project_folder(f"{FOLDER}/{PUBLISHED}").parent


def chosen_folder(given: Path | None) -> Path:
    """Return the folder that was named, else the one where the program runs, else the project's."""
    here = Path(FOLDER)
    if given is None and not any((here / name).is_dir() for name in (PUBLISHED, SUBMISSIONS)):
        return leaderboard_folder()
    return given or here


def build(folder: Path, out: Path) -> list[Path]:
    """Write the leaderboard of a folder, and return the files written.

    Args:
        folder: holds `published/`, `submissions/` and `site/vendor/`.
        out: where it goes; may be the same folder.

    Raises:
        UserError: a file of the folder is malformed or does not pass its check, or `out` cannot be written.
    """
    board = read_board(folder)
    csv, document = render_csv(board).encode(), render_json(board).encode()
    content = {"LEADERBOARD.md": render_markdown(board).encode(), "leaderboard.csv": csv, "leaderboard.json": document}
    content |= {f"{SITE}/{name}": one for name, one in site_files(board).items()}
    content[f"{SITE}/leaderboard.csv"] = csv
    vendor = vendored(folder / SITE / VENDOR)
    content |= {f"{SITE}/{VENDOR}/{name}": one for name, one in vendor.items()}
    _forget_submissions(out / SITE / "submissions", board.files.keys())
    return [_written(out / name, one) for name, one in content.items()]


def _forget_submissions(folder: Path, kept: Collection[str]) -> None:
    for path in folder.glob("*.json"):
        if path.name not in kept:
            path.unlink()


def _written(path: Path, content: bytes) -> Path:
    if path.is_file() and path.read_bytes() == content:
        return path
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    except OSError as error:
        raise UserError(f"{path}: cannot be written ({error.strerror}); name another folder with --out") from error
    return path
