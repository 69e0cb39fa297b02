"""From run folders to a report in any form: tables, accuracy by age, memory demand, plot. Nothing is replayed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from vstreamqa.errors import UserError, suggestion
from vstreamqa.report.ages import age_rows
from vstreamqa.report.demand import demand_rows
from vstreamqa.report.reported import Reported, labels
from vstreamqa.report.table import render_ages_csv, render_markdown, render_report_csv, render_report_json, report_page
from vstreamqa.results import fault_line, read_results

FORMATS = ("table", "markdown", "csv", "csv-ages", "json", "html")
PLOTS = (".png", ".svg")


def read_report(paths: Sequence[Path]) -> list[Reported]:
    """Score run folders by rules and return what a report says of each; nothing is written.

    Raises:
        UserError: one of them is no run folder, cannot be read, or is named twice.
    """
    _refuse_twice(paths)
    found = [read_results(path) for path in paths]
    called = labels([one.manifest.model for one in found], [one.path.name for one in found]) if len(found) > 1 else []
    return [
        Reported(
            label=label,
            summary=one.summary,
            ages=age_rows(one.plan, one.verdicts),
            demand=demand_rows(one.plan),
            meta=one.meta,
            faults=tuple(map(fault_line, one.errors)),
        )
        for one, label in zip(found, called or ["model"], strict=True)
    ]


def refuse_inside(option: str, path: Path, folders: Sequence[Path]) -> None:
    """Refuse to write into what is reported: a run folder holds nothing but its run.

    Raises:
        UserError: the path lies in one of the run folders, links followed.
    """
    for folder in folders:
        if path.resolve().is_relative_to(folder.resolve()):
            raise UserError(f"{option} {path}: lies in the run folder {folder}; name a file outside of it")


def _refuse_twice(paths: Sequence[Path]) -> None:
    known: dict[Path, Path] = {}
    for path in paths:
        whole = path.resolve()
        if whole in known:
            other = f", as {known[whole]}" if known[whole] != path else ""
            raise UserError(f"{path}: this run is named twice{other}; name every run folder once")
        known[whole] = path


def render(runs: Sequence[Reported], form: str) -> str:
    """Return a report as text in one of `FORMATS`, `table` excepted: that one depends on the terminal.

    Raises:
        UserError: there is no such format, or it holds ages and of no question one is known.
    """
    if form == "markdown":
        return render_markdown(report_page(runs))
    if form == "csv":
        return render_report_csv(runs)
    if form == "csv-ages":
        if not any(run.ages for run in runs):
            raise UserError("--format csv-ages: no question of these runs has evidence times; use --format csv")
        return render_ages_csv(runs)
    if form == "json":
        return render_report_json(runs)
    if form == "html":
        # What draws is imported only where something is drawn.
        from vstreamqa.report.html import render_html

        return render_html(runs)
    raise UserError(f"--format {form}: unknown{suggestion(form, FORMATS)}")


def write_plot(runs: Sequence[Reported], path: Path) -> None:
    """Draw accuracy against age, as PNG or SVG by the file's suffix.

    Raises:
        UserError: of no question an age is known, or the suffix is another.
    """
    from vstreamqa.report.chart import draw, png, svg

    if path.suffix.lower() not in PLOTS:
        raise UserError(f"{path}: a plot is written as {' or '.join(PLOTS)}; name a file that ends so")
    if not any(run.ages for run in runs):
        raise UserError(f"--plot {path}: no question of these runs has evidence times; leave the option out")
    chart = draw(runs)
    write_file(path, png(chart) if path.suffix.lower() == ".png" else svg(chart).encode())


def write_file(path: Path, content: bytes) -> None:
    """Write a file that a user has named.

    Raises:
        UserError: it cannot be written.
    """
    try:
        path.write_bytes(content)
    except OSError as error:
        raise UserError(
            f"{path}: cannot be written ({error.strerror}); name a file in a folder that is there"
        ) from error
