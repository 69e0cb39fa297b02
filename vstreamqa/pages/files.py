"""The files of a page: its own, and those that every page has."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.resources import files
from typing import Any

import msgspec

_PAGE = "page"
_SHARED = ("theme.js", "text.js", "address.js", "plotstyle.js", "style.css")


def page_files(package: str, own: Iterable[str]) -> dict[str, bytes]:
    """Return files of a page by name: the shared ones, and its own in the folder `page` of its package."""
    places = [(__package__, name) for name in _SHARED] + [(package, name) for name in own]
    return {name: (files(place) / _PAGE / name).read_bytes() for place, name in places}


def data_script(name: str, document: Any) -> bytes:
    """Return a script that sets `window.NAME` to a document.

    What is in the document is written so that no parser of HTML or JavaScript can take it for anything but data.
    """
    text = msgspec.json.encode(document).decode()
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return f"window.{name} = {text};\n".encode()
