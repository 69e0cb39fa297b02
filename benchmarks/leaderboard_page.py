"""The leaderboard's page with 2,000 rows in one table against 100: until it can be worked, sorted, searched, filtered.

Needs Chromium and Playwright (`make browser`).
"""

from __future__ import annotations

import shutil
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

import msgspec
from playwright.sync_api import sync_playwright
from recording import record

from vstreamqa.leaderboard.board import Board, Table, View, read_board
from vstreamqa.leaderboard.building import leaderboard_folder
from vstreamqa.leaderboard.site import site_files
from vstreamqa.pages.vendor import VENDOR, vendored

SIZES = (100, 2000)
ROUNDS = 5
# Two frames after the call, what it changed is on the screen.
TIMED = """async (call) => {
  const begun = performance.now();
  new Function(call)();
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  return performance.now() - begun;
}"""
STEPS = {
    "sort_ms": "new DataTable('#table').order([[3, 'asc']]).draw()",
    "search_ms": "new DataTable('#table').search('model 99').draw()",
    "filter_ms": "const box = document.getElementById('judge'); box.selectedIndex = 1;"
    "box.dispatchEvent(new Event('change'))",
}


def write_page(folder: Path, rows: int) -> None:
    """Write the page of a made-up view that has so many rows, copies of published ones."""
    real = [line for line in read_board(leaderboard_folder()).lines if line.origin == "published"]
    lines = tuple(
        msgspec.structs.replace(real[n % len(real)], id=f"row-{n}", model=f"model {n}", group=f"table {n % 5}")
        for n in range(rows)
    )
    tables = tuple(
        Table(title=f"table {n}", lines=tuple(one for one in lines if one.group == f"table {n}")) for n in range(5)
    )
    board = Board(views=(View(suite="made up", config="rows", tables=tables),), submissions=())
    content = site_files(board)
    content |= {f"{VENDOR}/{name}": one for name, one in vendored().items()}
    for name, one in content.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(one)


def once(browser: Any, page_file: Path) -> dict[str, float]:
    """Open the page in a context of its own and work it."""
    context = browser.new_context(viewport={"width": 1400, "height": 1000}, bypass_csp=True)
    page = context.new_page()
    begun = time.perf_counter()
    page.goto(page_file.as_uri())
    page.wait_for_selector("html[data-ready]", state="attached")
    taken = {"ready_ms": (time.perf_counter() - begun) * 1000}
    for name, call in STEPS.items():
        taken[name] = page.evaluate(TIMED, call)
    context.close()
    return taken


def main() -> None:
    program = shutil.which("chromium")
    figures: dict[str, Any] = {"rounds": ROUNDS}
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        figures["browser"] = browser.version
        pages = {}
        for size in SIZES:
            pages[size] = Path(folder) / str(size)
            write_page(pages[size], size)
        taken: dict[int, list[dict[str, float]]] = {size: [] for size in SIZES}
        for _ in range(ROUNDS):
            for size in SIZES:
                taken[size].append(once(browser, pages[size] / "index.html"))
        browser.close()
    for size, rounds in taken.items():
        figures[f"{size}_rows"] = {name: round(statistics.median(one[name] for one in rounds), 1) for name in rounds[0]}
        figures[f"{size}_rows"]["slowest_ready_ms"] = round(max(one["ready_ms"] for one in rounds), 1)
    record(Path(__file__), figures)


if __name__ == "__main__":
    main()
