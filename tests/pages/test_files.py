from __future__ import annotations

import json

import pytest

from vstreamqa.leaderboard.board import Board
from vstreamqa.leaderboard.site import site_files
from vstreamqa.pages.files import data_script, page_files
from vstreamqa.viewer.files import fixed_files

BREAKING = "</script><!-- & \u2028\u2029"


def test_a_document_stays_data_in_a_script() -> None:
    script = data_script("NAME", {"text": BREAKING}).decode()
    begin, end = "window.NAME = ", ";\n"
    assert script.startswith(begin)
    assert script.endswith(end)
    assert not set(script) & set("<>&\u2028\u2029")
    assert json.loads(script[len(begin) : -len(end)]) == {"text": BREAKING}


@pytest.mark.parametrize("name", ["theme.js", "text.js", "address.js", "plotstyle.js", "style.css"])
def test_both_pages_have_the_same_shared_files(name: str) -> None:
    shared = page_files("vstreamqa.viewer", ())[name]
    assert site_files(Board(views=(), submissions=()))[name] == fixed_files()[name] == shared
