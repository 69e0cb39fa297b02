"""The page in a real browser: what can be seen, chosen and searched, and that nothing of the data runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from browser import Opened, opened
from viewed import HOSTILE, a_row, an_answer_to, keep_viewed, say, served

from vstreamqa.cli.main import run
from vstreamqa.schema import Span
from vstreamqa.viewer.reading import question_key

pytestmark = pytest.mark.browser

PHONE = {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run whose every text is hostile, with a proactive question, and another run beside it."""
    root = tmp_path_factory.mktemp("viewed")
    rows = [a_row(f"q{at}", text=f"{HOSTILE} {at}", category=HOSTILE, time=at % 5) for at in range(30)]
    told = a_row("told", format="proactive", answer=None, time=0, spans=(Span(start=1, end=2, text=HOSTILE),))
    plan = [*rows, told]
    for name, wrong in (("a", 3), ("b", 4)):
        answers = [an_answer_to(row, HOSTILE if at % wrong == 0 else "red") for at, row in enumerate(rows)]
        path = keep_viewed(root, plan, [*answers, an_answer_to(told, "")], name)
        say(path, (1, HOSTILE), (4, "late"), question=told.question)
    return root


def clean(found: Opened, address: str) -> bool:
    """Whether nothing was complained of, nothing of the data ran, and nobody else was asked."""
    asked = [one for one in found.asked_for if not one.startswith((address, "data:"))]
    return not found.said and not asked and found.page.evaluate("window.hacked") is None


def widths(found: Opened) -> list[int]:
    """How wide the pictures are, once each has come or cannot be had; 0 for one that cannot."""
    # Waiting for a condition would evaluate it again and again, which the page's policy forbids.
    script = """async (pictures) => {
      const settled = (one, done) => ["load", "error"].forEach((name) => one.addEventListener(name, done));
      await Promise.all(pictures.map((one) => one.complete || new Promise((done) => settled(one, done))));
      return pictures.map((one) => one.naturalWidth);
    }"""
    wide: list[int] = found.page.locator(".frames img").evaluate_all(script)
    return wide


def test_a_question_is_shown_with_timeline_and_frames(browser: Any, folder: Path) -> None:
    row = a_row("q3", time=3)
    with served(folder / "a") as site, opened(browser, site.server.address, f"#q={question_key(row)}") as found:
        found.page.wait_for_selector("#question[data-shown] .frames img")
        sizes = widths(found)
        assert found.page.locator(".frames figcaption").all_inner_texts() == ["0:00", "0:01", "0:02", "0:03"]
        assert sizes == [128] * 4
        assert found.page.locator(".timeline canvas").count() == 1
        assert "questions 31" in found.page.locator(".timeline").get_attribute("aria-label")
        assert HOSTILE in found.page.inner_text("#question h3.text")
        assert clean(found, site.server.address)


def test_filters_search_and_keys_choose_what_is_listed(browser: Any, folder: Path) -> None:
    with served(folder / "a") as site, opened(browser, site.server.address) as found:
        page = found.page
        count = page.locator("#count")
        assert count.inner_text() == "31"
        page.select_option("#show", "wrong")
        assert count.inner_text() == "10 of 31"
        page.select_option("#show", "proactive")
        assert count.inner_text() == "1 of 31"
        page.click("#reset")
        page.keyboard.press("/")
        page.keyboard.type("q17")
        assert count.inner_text() == "1 of 31"
        page.click("#table tbody tr")
        assert page.evaluate("location.hash") == f"#search=q17&q={question_key(a_row('q17'))}"
        page.click("#reset")
        page.locator("#list").focus()
        page.keyboard.press("j")
        page.wait_for_selector(f"#question[data-shown='{question_key(a_row('q18'))}']")
        assert page.locator("tr[aria-current=true]").count() == 1
        assert clean(found, site.server.address)


def test_what_was_said_unasked_stands_beside_what_was_to_be_said(browser: Any, folder: Path) -> None:
    address = f"#q={question_key(a_row('told'))}"
    with served(folder / "a") as site, opened(browser, site.server.address, address) as found:
        found.page.wait_for_selector("#question[data-shown]")
        said = found.page.locator(".answer .said li").all_inner_texts()
        assert HOSTILE in said[0]
        assert "late" in said[1]
        assert "tells no event in time" in said[1]
        label = found.page.locator(".timeline").get_attribute("aria-label")
        assert "to be said 1" in label
        assert "said 2" in label
        assert clean(found, site.server.address)


def test_two_runs_are_seen_side_by_side(browser: Any, folder: Path) -> None:
    with served(folder / "a", folder / "b") as site, opened(browser, site.server.address, "#changed=A") as found:
        listed = int(found.page.locator("#count").inner_text().split()[0])
        assert listed == sum(at % 4 == 0 and at % 3 != 0 for at in range(30))
        found.page.click("#table tbody tr")
        found.page.wait_for_selector("#question[data-shown]")
        assert found.page.locator("article.answer").count() == 2
        assert found.page.inner_text("p.changed") == "Changed sides: only A is right."
        assert clean(found, site.server.address)


def test_a_picture_that_cannot_be_had_says_why(browser: Any, tmp_path: Path) -> None:
    row = a_row()
    path = keep_viewed(tmp_path, [row], [an_answer_to(row, "red")])
    (tmp_path / "clip.mp4").unlink()
    with served(path) as site, opened(browser, site.server.address, f"#q={question_key(row)}") as found:
        found.page.wait_for_selector(".lacking")
        assert "clip.mp4" in found.page.locator(".lacking").first.inner_text()
        assert found.page.inner_text(".answer blockquote") == "red"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_a_phone_in_dark_and_light(scheme: str, browser: Any, folder: Path) -> None:
    address = f"#q={question_key(a_row('q3'))}"
    with (
        served(folder / "a", folder / "b") as site,
        opened(browser, site.server.address, address, viewport=PHONE, color_scheme=scheme) as found,
    ):
        found.page.wait_for_selector("#question[data-shown]")
        assert found.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        assert found.page.evaluate("document.documentElement.classList.contains('dark')") is (scheme == "dark")
        assert clean(found, site.server.address)


def test_files_work_without_a_server(browser: Any, folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "page"
    assert run(["view", str(folder / "a"), "--out", str(out)]) == 0
    with opened(browser, out, f"#q={question_key(a_row('q3'))}") as found:
        found.page.wait_for_selector("#question[data-shown] .frames img")
        assert widths(found) == [128] * 4
        assert clean(found, "file:")


def test_thousands_of_questions_are_listed_page_by_page(browser: Any, tmp_path: Path) -> None:
    rows = [a_row(f"q{at}", time=at % 6) for at in range(2000)]
    path = keep_viewed(tmp_path, rows, [an_answer_to(row, "red") for row in rows])
    with served(path) as site, opened(browser, site.server.address) as found:
        assert found.page.locator("#count").inner_text() == "2,000"
        assert found.page.locator("#table tbody tr").count() == 25
        assert clean(found, site.server.address)


def test_what_was_to_be_said_can_be_read_without_the_timeline(browser: Any, folder: Path) -> None:
    told = question_key(a_row("told"))
    with served(folder / "a") as site, opened(browser, site.server.address, f"#q={told}") as found:
        found.page.wait_for_selector("#question[data-shown]")
        assert found.page.get_by_role("list", name="To be said").inner_text() == f"0:01 to 0:02 {HOSTILE}"


def test_on_a_phone_a_link_to_a_question_leads_to_it(browser: Any, folder: Path) -> None:
    linked = f"#q={question_key(a_row('q3'))}"
    with served(folder / "a") as site, opened(browser, site.server.address, linked, viewport=PHONE) as found:
        found.page.wait_for_selector("#question[data-shown]")
        assert 0 <= found.page.locator("#question").bounding_box()["y"] < PHONE["height"] / 2


def test_a_question_of_a_hundred_thousand_letters_leaves_room_for_the_others(browser: Any, tmp_path: Path) -> None:
    rows = [a_row("long", text="why " * 25_000), a_row("short")]
    path = keep_viewed(tmp_path, rows, [an_answer_to(row, "red") for row in rows])
    with served(path) as site, opened(browser, site.server.address, f"#q={question_key(rows[0])}") as found:
        found.page.wait_for_selector("#question[data-shown]")
        assert found.page.locator("#table").bounding_box()["height"] < 800
        assert found.page.locator("#question .answer").bounding_box()["y"] < 1000


def test_who_goes_on_by_keyboard_stays_on_the_button(browser: Any, folder: Path) -> None:
    linked = f"#q={question_key(a_row('q3'))}"
    with served(folder / "a") as site, opened(browser, site.server.address, linked) as found:
        found.page.wait_for_selector("#question[data-shown]")
        found.page.get_by_role("button", name="Next").focus()
        found.page.keyboard.press("Enter")
        found.page.keyboard.press("Enter")
        assert found.page.evaluate("location.hash") == f"#q={question_key(a_row('q5'))}"
