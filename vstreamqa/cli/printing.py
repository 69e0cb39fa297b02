"""Print plans and results on the terminal."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from vstreamqa.judges import judge_later
from vstreamqa.report.names import visible
from vstreamqa.report.reported import Reported
from vstreamqa.report.table import render_terminal, report_page
from vstreamqa.reporting import results_json, results_page
from vstreamqa.results import Results, fault_line

if TYPE_CHECKING:
    from vstreamqa.request import Prepared

_PLAIN_WIDTH = 160
_SHOWN_ERRORS = 10


class _Console(Console):
    """A console that leaves a closed pipe to the program."""

    def on_broken_pipe(self) -> None:
        raise BrokenPipeError


def make_console() -> Console:
    """Return a console that cuts nothing off where the output is not a terminal."""
    if sys.stdout.isatty():
        return _Console(highlight=False)
    return _Console(highlight=False, width=_PLAIN_WIDTH, color_system=None)


def print_results(results: Results) -> None:
    """Print the table, the rows that failed, and where everything is."""
    console = make_console()
    render_terminal(results_page(results), console)
    _print_faults(console, [fault_line(row) for row in results.errors])
    where = "run folder" if results.path.is_dir() else "predictions"
    console.print(f"{where}: {results.path}", markup=False, soft_wrap=True)
    if results.unjudged:
        left = "1 answer is" if results.unjudged == 1 else f"{results.unjudged:,} answers are"
        judging = f"{left} left to a judge: {judge_later(results.path, results.manifest.scoring['rule'])}"
        console.print(judging, markup=False, soft_wrap=True)


def print_report(runs: Sequence[Reported], folders: Sequence[Path], *, mixed: bool = False) -> None:
    """Print the tables of several runs, and where each is; all in one if they are to mix."""
    console = make_console()
    render_terminal(report_page(runs, mixed=mixed), console)
    for run, folder in zip(runs, folders, strict=True):
        _print_faults(console, run.faults)
        name = "run folder" if len(runs) == 1 else run.label
        console.print(f"{visible(name)}: {folder}", markup=False, soft_wrap=True)


def _print_faults(console: Console, faults: Sequence[str]) -> None:
    for fault in faults[:_SHOWN_ERRORS]:
        console.print(f"error: {visible(fault)}", markup=False, soft_wrap=True)
    if len(faults) > _SHOWN_ERRORS:
        console.print(f"... and {len(faults) - _SHOWN_ERRORS} more errors in predictions.jsonl")


def print_json(results: Results) -> None:
    """Print the summary and what stands under it as JSON."""
    sys.stdout.write(results_json(results))


def print_plan(prepared: Prepared) -> None:
    """Print what a run would ask, config by config."""
    console = make_console()
    rows = prepared.plan.rows
    console.print(
        f"{prepared.recipe.name}, preset {prepared.preset}, checkpoint "
        f"{prepared.request.checkpoint or prepared.recipe.checkpoint}",
        markup=False,
    )
    for config in prepared.configs:
        asked = [row for row in rows if (row.suite, row.config) == (config.suite, config.config)]
        formats = Counter(row.question.format for row in asked)
        arms = ", ".join(dict.fromkeys(name or "model" for row in asked for name in row.controls))
        console.print(
            f"{config.suite}/{config.config}: {len(asked)} questions "
            f"({', '.join(f'{n} {name}' for name, n in sorted(formats.items()))}) "
            f"on {len({row.stream.stream_id for row in asked})} streams; arms: {arms}",
            markup=False,
            soft_wrap=True,
        )
    for note in prepared.plan.notes:
        console.print(f"note: {note}", markup=False, soft_wrap=True)
