from __future__ import annotations

import functools
import http.server
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import msgspec
import pytest
from board import a_board_folder, a_run, a_submission
from browser import Opened, opened

from vstreamqa.leaderboard.board import Board, Table, View, read_board
from vstreamqa.leaderboard.building import build
from vstreamqa.leaderboard.site import site_files

pytestmark = pytest.mark.browser

SCRIPT = "<img src=x onerror='window.hacked=1'><script>window.hacked=1</script>"
MINI = f"#view={quote('mini/rvs-ego')}"
RVS = f"#view={quote('VStream-QA/RVS-Ego')}"
PHONE = {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("site")
    folder = a_board_folder(root / "board")
    a_submission(folder, a_run(root / "good", wrong_every=10), "good")
    a_submission(folder, a_run(root / "bad", wrong_every=2), "bad", title=SCRIPT, by=SCRIPT)
    build(folder, folder)
    return folder / "site"


@pytest.fixture
def rvs(browser: Any, site: Path) -> Iterator[Opened]:
    with opened(browser, site, RVS) as page:
        yield page


def groups(page: Any) -> list[str]:
    texts: list[str] = page.locator("tr.dtrg-group").all_inner_texts()
    return [text.split("\n")[0] for text in texts]


def rows_of_first_group(page: Any) -> list[float]:
    script = """() => {
      const figures = [];
      let row = document.querySelector('tr.dtrg-group').nextElementSibling;
      for (; row && !row.classList.contains('dtrg-group'); row = row.nextElementSibling)
        figures.push(parseFloat(row.cells[2].innerText));
      return figures;
    }"""
    found: list[float] = page.evaluate(script)
    return found


def test_it_opens_from_its_folder_without_a_complaint_and_without_the_network(browser: Any, site: Path) -> None:
    with opened(browser, site) as page:
        views = page.page.locator("#view option").evaluate_all("options => options.map(one => one.value)")
        for view in [views[0], "judge drift/MSVD-QA", "mini/rvs-ego", views[-1]]:
            page.page.select_option("#view", view)
            page.page.wait_for_selector("#table tbody tr:nth-child(2)")
        page.page.wait_for_timeout(300)
        assert page.said == []
        assert [url for url in page.asked_for if not url.startswith(("file:", "data:"))] == []


def test_it_works_from_a_web_server_too(browser: Any, site: Path) -> None:
    handler = functools.partial(_Quiet, directory=str(site))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        context = browser.new_context()
        page = context.new_page()
        said: list[str] = []
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto(f"http://127.0.0.1:{server.server_port}/index.html{RVS}")
        page.wait_for_selector("html[data-ready]", state="attached")
        assert "RVS-Ego" in page.inner_text("#heading")
        assert said == []
        context.close()
        server.shutdown()


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


def test_a_click_on_a_heading_sorts_within_each_table_and_never_across(rvs: Opened) -> None:
    before = groups(rvs.page)
    heading = rvs.page.get_by_role("columnheader", name="Figure")
    heading.click()
    rvs.page.wait_for_selector("th[aria-sort=ascending]")
    up = rows_of_first_group(rvs.page)
    heading.click()
    rvs.page.wait_for_selector("th[aria-sort=descending]")
    down = rows_of_first_group(rvs.page)
    assert up == sorted(up)
    assert down == sorted(down, reverse=True)
    assert len(up) > 5
    assert groups(rvs.page)[: len(before)] == before
    assert "sort=figure%3Adesc" in rvs.page.evaluate("location.hash")


def test_the_keyboard_sorts_and_opens_rows(rvs: Opened) -> None:
    rvs.page.get_by_role("button", name="Model: Activate to sort").focus()
    rvs.page.keyboard.press("Enter")
    rvs.page.wait_for_selector("th.model[aria-sort=ascending]")
    button = rvs.page.locator("button.open").first
    button.focus()
    rvs.page.keyboard.press("Enter")
    assert button.get_attribute("aria-expanded") == "true"
    assert rvs.page.locator(".facts dl").count() == 1


def test_filters_and_search_leave_what_fits(rvs: Opened) -> None:
    rvs.page.select_option("#judge", "gpt-3.5-turbo-0125")
    assert groups(rvs.page) == ["Published: accuracy (%), judge: gpt-3.5-turbo-0125"]
    rvs.page.fill("input[type=search]", "re-run")
    assert rvs.page.inner_text("#count").endswith("of 78 rows")
    assert "re-run" in rvs.page.locator("#table tbody tr:not(.dtrg-group)").first.inner_text()
    rvs.page.click("#reset")
    assert rvs.page.inner_text("#count") == "78 rows"
    rvs.page.select_option("#verified", "no")
    assert 0 < rvs.page.locator("#table tbody tr:not(.dtrg-group)").count() < 50
    rvs.page.select_option("#origin", "submitted")
    assert "No row fits" in rvs.page.inner_text("#table tbody")


def test_online_and_offline_can_be_told_apart(browser: Any, site: Path) -> None:
    with opened(browser, site, f"#view={quote('VStream-QA/VS-Ego')}&asked=online") as page:
        assert "No row fits" in page.page.inner_text("#table tbody")
        page.page.select_option("#asked", "offline")
        assert page.page.inner_text("#count") == "24 rows"


def test_a_link_shows_the_same_again(browser: Any, site: Path) -> None:
    address = f"{RVS}&judge=gpt-3.5-turbo-0613&q=ReKV&sort=figure:asc"
    with opened(browser, site, address) as page:
        assert page.page.input_value("#judge") == "gpt-3.5-turbo-0613"
        assert page.page.input_value("input[type=search]") == "ReKV"
        shown = rows_of_first_group(page.page)
        assert shown == sorted(shown)
        page.page.select_option("#view", "mini/rvs-ego")
        assert page.page.inner_text("#heading") == "mini / rvs-ego"
        page.page.go_back()
        page.page.wait_for_selector("#heading >> text=RVS-Ego")
        assert page.page.input_value("#view") == "VStream-QA/RVS-Ego"


def test_a_link_opens_a_row_with_settings_source_and_command(browser: Any, site: Path) -> None:
    with opened(browser, site, f"{MINI}&open=good-mini-rvs-ego-accuracy") as page:
        details = page.page.inner_text(".facts")
        assert "memory=3" in details
        assert "vstreamqa eval --model watcher" in details
        assert "floor: blind" in details
        assert page.page.locator('.facts a[href="submissions/good.json"]').count() == 1


def test_a_claim_shows_its_re_run_and_a_warning_its_evidence(browser: Any, site: Path) -> None:
    with opened(browser, site, f"{RVS}&q={quote('Flash-VStream-7B')}") as page:
        assert "re-run 52.28 %" in page.page.inner_text("#table")
    with opened(browser, site, f"#view={quote('streaming multiple choice/OVO-Bench forward')}") as page:
        row = page.page.locator("#table tbody tr", has_text="Flash-VStream-7B (2024)")
        assert "warning" in row.inner_text()
        row.locator("button.open").click()
        assert "869" in page.page.inner_text(".facts .notice")


def test_every_figure_with_an_address_leads_to_its_source(rvs: Opened) -> None:
    links = rvs.page.locator("#table td.figure a").evaluate_all("links => links.map(one => one.getAttribute('href'))")
    assert len(links) > 20
    assert all(link.startswith("https://") for link in links)


def test_intervals_and_floors_and_ranks_of_runs_are_visible(browser: Any, site: Path) -> None:
    with opened(browser, site, MINI) as page:
        row = page.page.locator("#table tbody tr", has_text="watcher").inner_text()
        assert "[" in row
        assert "constant 0.0, blind 0.0" in row
        assert page.page.get_by_role("columnheader", name="Rank").is_visible()


def test_columns_can_be_chosen(rvs: Opened) -> None:
    assert rvs.page.get_by_role("columnheader", name="Settings").count() == 0
    rvs.page.get_by_role("button", name="Columns").click()
    rvs.page.wait_for_selector(".buttons-columnVisibility[aria-pressed=true] >> text=Hardware")
    rvs.page.wait_for_selector(".buttons-columnVisibility[aria-pressed=false] >> text=Settings")
    rvs.page.locator(".dt-button-collection").get_by_text("Settings").click()
    rvs.page.wait_for_selector(".buttons-columnVisibility[aria-pressed=true] >> text=Settings")
    assert rvs.page.get_by_role("columnheader", name="Settings").is_visible()
    rvs.page.keyboard.press("Escape")
    rvs.page.wait_for_selector(".buttons-colvis:focus")


def test_the_list_of_suites_says_where_something_fits_a_filter(rvs: Opened) -> None:
    rvs.page.select_option("#asked", "offline")
    names = rvs.page.locator("#view option").all_text_contents()
    assert "VStream-QA / RVS-Ego (0 of 78)" in names
    assert "VStream-QA / VS-Ego (24)" in names


@pytest.mark.parametrize("address", ["#view=no/such", f"{RVS}&open=nothing-1"])
def test_an_address_of_nothing_says_so(browser: Any, site: Path, address: str) -> None:
    with opened(browser, site, address) as page:
        assert page.page.inner_text("#lost").startswith("There is no ")
        page.page.select_option("#verified", "yes")
        assert not page.page.is_visible("#lost")


@pytest.mark.parametrize(
    ("view", "drawings"),
    [
        ("mini/rvs-ego", 4),
        ("judge drift/MSVD-QA", 1),
        ("streaming multiple choice/StreamingBench real-time", 1),
        ("VStream-QA/RVS-Ego", 4),
    ],
)
def test_plots_are_there_with_marks_in_them(browser: Any, site: Path, view: str, drawings: int) -> None:
    with opened(browser, site, f"#view={quote(view)}") as page:
        page.page.wait_for_selector(f"#plots[data-drawn='{drawings}']")
        assert page.page.locator("#plots svg").count() == drawings
        assert page.page.locator("#plots svg .mark-symbol path, #plots svg .mark-line path").count() > 0


def test_what_a_submission_says_is_text_and_never_run(browser: Any, site: Path) -> None:
    with opened(browser, site, f"{MINI}&open=bad-mini-rvs-ego-accuracy") as page:
        page.page.wait_for_selector("#plots[data-drawn]")
        assert page.page.evaluate("window.hacked") is None
        assert SCRIPT in page.page.inner_text("#table")
        assert SCRIPT in page.page.inner_text(".facts")
        assert page.page.locator("#table img, .facts img").count() == 0


def test_dark_and_light_follow_the_reader_and_the_button(browser: Any, site: Path) -> None:
    shade = "getComputedStyle(document.body).backgroundColor"
    with opened(browser, site, MINI, color_scheme="dark") as page:
        dark = page.page.evaluate(shade)
        page.page.click("#theme")
        assert page.page.get_attribute("#theme", "aria-pressed") == "false"
        assert page.page.evaluate(shade) != dark
        page.page.reload()
        page.page.wait_for_selector("html[data-ready]", state="attached")
        assert page.page.evaluate(shade) != dark
    with opened(browser, site, MINI, color_scheme="light") as page:
        assert page.page.evaluate(shade) == "rgb(255, 255, 255)"


@pytest.mark.parametrize("address", [RVS, MINI, f"{MINI}&open=bad-mini-rvs-ego-accuracy"])
def test_a_phone_shows_it_without_scrolling_sideways(browser: Any, site: Path, address: str) -> None:
    with opened(browser, site, address, viewport=PHONE) as page:
        assert page.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        assert page.page.get_by_role("columnheader", name="Figure").is_visible()
        if address == MINI:
            assert "floors: constant 0.0" in page.page.inner_text("#table")


def test_everything_that_can_be_worked_has_a_name(rvs: Opened) -> None:
    nameless = rvs.page.evaluate(
        """() => [...document.querySelectorAll('select, input, button, a[href]')].filter((one) =>
          one.offsetParent && !one.innerText.trim() && !one.getAttribute('aria-label') && !one.labels?.length)
          .map((one) => one.outerHTML.slice(0, 120))"""
    )
    assert nameless == []


def test_two_thousand_rows_are_shown_and_searched(browser: Any, site: Path, tmp_path: Path) -> None:
    board = read_board(site.parent)
    line = board.views[0].tables[0].lines[0]
    many = tuple(
        msgspec.structs.replace(line, id=f"many-{n}", model=f"model {n}", shown=str(n / 20), value=n / 20)
        for n in range(2000)
    )
    view = View(suite="many", config="rows", tables=(Table(title="all", lines=many),))
    for name, content in site_files(Board(views=(view,), submissions=())).items():
        (tmp_path / name).write_bytes(content)
    (tmp_path / "vendor").symlink_to(site / "vendor")
    with opened(browser, tmp_path) as page:
        assert page.page.inner_text("#count") == "2000 rows"
        page.page.fill("input[type=search]", "model 1999")
        page.page.wait_for_selector("#count >> text=1 of 2000 rows")
