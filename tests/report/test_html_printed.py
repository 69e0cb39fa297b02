"""A report is printed whole: no table is cut off, what is folded away is there, and the paper stays white."""

from __future__ import annotations

from pathlib import Path

import pytest
from browser import chromium
from viewed import a_row, an_answer_to, keep_viewed

from vstreamqa.cli.main import run

pytestmark = pytest.mark.browser


def test_a_printed_report_is_light_and_unfolded(tmp_path: Path) -> None:
    row = a_row()
    path, out = keep_viewed(tmp_path, [row], [an_answer_to(row, "red")]), tmp_path / "report.html"
    assert run(["report", str(path), "--format", "html", "--out", str(out)]) == 0
    with chromium() as browser:
        page = browser.new_context(color_scheme="dark").new_page()
        page.goto(out.as_uri())
        page.emulate_media(media="print")
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
        assert page.evaluate("getComputedStyle(document.querySelector('.wide')).overflowX") == "visible"
        assert page.locator("details .wide").first.bounding_box()["height"] > 0
