"""The files of the page that are the same for every run."""

from __future__ import annotations

from functools import cache

from vstreamqa.pages.files import page_files
from vstreamqa.pages.vendor import VENDOR, vendored

_OWN = ("index.html", "viewer.css", "words.js", "list.js", "timeline.js", "question.js", "app.js")


@cache
def fixed_files() -> dict[str, bytes]:
    """Return the files by their paths.

    Raises:
        UserError: a vendored file is missing, or is not the one that was pinned.
    """
    packages = {f"{VENDOR}/{name}": content for name, content in vendored().items()}
    return page_files("vstreamqa.viewer", _OWN) | packages
