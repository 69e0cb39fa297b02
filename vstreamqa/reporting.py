"""From run folders to a report in any form: tables, accuracy by age, memory demand, plot. Nothing is replayed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from vstreamqa.audit.telling import audit_note, audited
from vstreamqa.errors import UserError, suggestion
from vstreamqa.report.ages import age_rows
from vstreamqa.report.demand import demand_rows
from vstreamqa.report.kinds import KindRow, kind_rows
from vstreamqa.report.page import Page
from vstreamqa.report.reported import Reported, labels
from vstreamqa.report.rvs import RvsArms, rvs_arms
from vstreamqa.report.spent import spent
from vstreamqa.report.table import (
    TableMeta,
    render_ages_csv,
    render_arms_csv,
    render_averages_csv,
    render_json,
    render_latex,
    render_markdown,
    render_report_csv,
    render_report_json,
    report_page,
    run_page,
)
from vstreamqa.results import Results, fault_line, read_results
from vstreamqa.runs.folder import RunReader

FORMATS = ("table", "markdown", "csv", "csv-ages", "csv-averages", "csv-arms", "latex", "json", "html")
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
        replace(
            reported(one, label),
            spent=spent(one.predictions, RunReader(one.path).streams()),
            audit=audited(one.path),
        )
        for one, label in zip(found, called or ["model"], strict=True)
    ]


def reported(results: Results, label: str = "model") -> Reported:
    """Return what a report says of a run.

    Args:
        results: what it came to.
        label: what it is called beside others.
    """
    return Reported(
        label=label,
        summary=results.summary,
        ages=age_rows(results.plan, results.verdicts),
        demand=demand_rows(results.plan),
        meta=_meta(results),
        rvs=_rvs(results),
        kinds=_kinds(results),
        task=results.manifest.task,
        scoring=results.manifest.scoring,
        faults=tuple(map(fault_line, results.errors)),
        model=results.manifest.model,
        command=results.manifest.command,
    )


def results_page(results: Results) -> Page:
    """Return what `eval` and `score` print of a run."""
    return run_page(results.summary, _meta(results), rvs=_rvs(results), kinds=_kinds(results), rule=_rule(results))


def results_json(results: Results) -> str:
    """Return what `score --json` prints of a run."""
    return render_json(results.summary, _meta(results), rvs=_rvs(results), kinds=_kinds(results))


def _meta(results: Results) -> TableMeta:
    """Return what stands under the tables of a run, with what its audit came to, if it had one."""
    note = audit_note(results.path)
    return results.meta if note is None else replace(results.meta, notes=(*results.meta.notes, note))


def _rvs(results: Results) -> list[RvsArms]:
    return rvs_arms(results.plan, results.verdicts, results.manifest.command)


def _kinds(results: Results) -> list[KindRow]:
    return kind_rows(results.plan, results.verdicts, strict=_rule(results) == "strict")


def _rule(results: Results) -> str:
    return str(results.manifest.scoring.get("rule", "strict"))


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


def render(runs: Sequence[Reported], form: str, *, mixed: bool = False) -> str:
    """Return a report as text in one of `FORMATS`, `table` excepted: that one depends on the terminal.

    Args:
        runs: what is known of each.
        form: the format.
        mixed: put runs of different tasks or scorings into one table.

    Raises:
        UserError: there is no such format, or none of the runs has the figures that it holds.
    """
    if form == "markdown":
        return render_markdown(report_page(runs, mixed=mixed))
    if form == "latex":
        return render_latex(report_page(runs, mixed=mixed))
    if form.startswith("csv"):
        return _render_csv(runs, form)
    if form == "json":
        return render_report_json(runs)
    if form == "html":
        # What draws is imported only where something is drawn.
        from vstreamqa.report.html import render_html

        return render_html(runs, mixed=mixed)
    raise UserError(f"--format {form}: unknown{suggestion(form, FORMATS)}")


def _render_csv(runs: Sequence[Reported], form: str) -> str:
    if form == "csv-ages":
        _refuse_without(form, [run.ages for run in runs], "no question of these runs has evidence times")
        return render_ages_csv(runs)
    if form == "csv-averages":
        there = [row.averages for run in runs for row in run.summary]
        _refuse_without(form, there, "the suites of these runs have no figures of their own")
        return render_averages_csv(runs)
    if form == "csv-arms":
        _refuse_without(form, [run.rvs for run in runs], "none of these runs is of RVS")
        return render_arms_csv(runs)
    if form == "csv":
        return render_report_csv(runs)
    raise UserError(f"--format {form}: unknown{suggestion(form, FORMATS)}")


def _refuse_without(form: str, figures: Sequence[Sequence[object]], why: str) -> None:
    if not any(figures):
        raise UserError(f"--format {form}: {why}; use --format csv")


def write_plot(runs: Sequence[Reported], path: Path, *, mixed: bool = False) -> None:
    """Draw accuracy against age, as PNG or SVG by the file's suffix; runs that share no table share no panel.

    Raises:
        UserError: of no question an age is known, or the suffix is another.
    """
    from vstreamqa.report.chart import draw, png, svg

    if path.suffix.lower() not in PLOTS:
        raise UserError(f"{path}: a plot is written as {' or '.join(PLOTS)}; name a file that ends so")
    if not any(run.ages for run in runs):
        raise UserError(f"--plot {path}: no question of these runs has evidence times; leave the option out")
    chart = draw(runs, mixed=mixed)
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
