"""The files of the page that are the same for every run; the packages among them are those of the leaderboard."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from vstreamqa.leaderboard.building import SITE, VENDOR, leaderboard_folder
from vstreamqa.leaderboard.vendor import vendored

_OWN = ("index.html", "viewer.css", "words.js", "list.js", "timeline.js", "question.js", "app.js")
_SHARED = ("theme.js", "style.css")
"""Of the leaderboard's page, which looks the same."""


@cache
def page_files() -> dict[str, bytes]:
    """Return the files by their paths.

    Raises:
        UserError: a vendored file is missing, or is not the one that was pinned.
    """
    own, shared = files("vstreamqa.viewer") / "page", files("vstreamqa.leaderboard") / "page"
    found = {name: (own / name).read_bytes() for name in _OWN}
    found |= {name: (shared / name).read_bytes() for name in _SHARED}
    packages = vendored(leaderboard_folder() / SITE / VENDOR)
    return found | {f"{VENDOR}/{name}": content for name, content in packages.items()}
