"""The page: files that work from a folder as well as from any web server, and load nothing from elsewhere."""

from __future__ import annotations

from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from vstreamqa.leaderboard.board import Board
from vstreamqa.leaderboard.markdown import INTRODUCTION
from vstreamqa.leaderboard.plots import plots
from vstreamqa.pages.files import data_script, page_files
from vstreamqa.schema import NOT_STATED

_PACKAGE = "vstreamqa.leaderboard"
_OWN = ("cells.js", "details.js", "drawing.js", "app.js", "leaderboard.css", "README.md")


def site_files(board: Board) -> dict[str, bytes]:
    """Return the files of the page by their paths, the vendored packages left out."""
    content = page_files(_PACKAGE, _OWN)
    content["index.html"] = _index(board).encode()
    content["data.js"] = data_script("LEADERBOARD", _document(board))
    content[".nojekyll"] = b""
    return content | {f"submissions/{name}": one for name, one in board.files.items()}


def _index(board: Board) -> str:
    environment = Environment(
        loader=PackageLoader(_PACKAGE, "page"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    lines = board.lines
    return environment.get_template("index.html.j2").render(
        introduction=INTRODUCTION,
        published=sum(1 + (line.score is not None) for line in lines if line.origin == "published"),
        sources=len({line.source for line in lines if line.origin == "published"}),
        submissions=len(board.submissions),
    )


def _document(board: Board) -> dict[str, Any]:
    return {
        "notStated": NOT_STATED,
        "views": [
            {
                "id": f"{view.suite}/{view.config}",
                "suite": view.suite,
                "name": view.name,
                "tables": view.tables,
                "plots": plots(view, board.submissions),
            }
            for view in board.views
        ],
    }
