"""Print plans and results on the terminal."""

from __future__ import annotations

import sys
from collections import Counter
from typing import TYPE_CHECKING

from rich.console import Console

from vstreamqa.errors import UserError, suggestion
from vstreamqa.report.table import render_csv, render_json, render_markdown, render_terminal
from vstreamqa.results import Results

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
    render_terminal(results.summary, results.meta, console)
    for row in results.errors[:_SHOWN_ERRORS]:
        assert row.error is not None
        arm = f" [{row.control}]" if row.control else ""
        where = f"{row.suite}/{row.config} {row.stream_id} {row.question_id}{arm}"
        console.print(f"error: {where}: {row.error.kind}: {row.error.message}", markup=False, soft_wrap=True)
    if len(results.errors) > _SHOWN_ERRORS:
        console.print(f"... and {len(results.errors) - _SHOWN_ERRORS} more errors in predictions.jsonl")
    console.print(f"run folder: {results.path}", markup=False, soft_wrap=True)


def print_json(results: Results) -> None:
    """Print the summary and what stands under it as JSON."""
    print_as(results, "json")


def print_as(results: Results, form: str) -> None:
    """Print the table as table, markdown, csv or json."""
    if form == "table":
        print_results(results)
        return
    renderers = {"markdown": render_markdown, "csv": render_csv, "json": render_json}
    if form not in renderers:
        raise UserError(f"--format {form}: unknown{suggestion(form, [*renderers, 'table'])}")
    sys.stdout.write(renderers[form](results.summary, results.meta))


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
