"""Everything that is printed about a run, or about several side by side, whatever the medium."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from vstreamqa.report.ageblocks import AGE_LEGEND, age_blocks
from vstreamqa.report.blocks import Block, Line, accuracy_cell, blocks, f1_cell
from vstreamqa.report.demandblock import DEMAND_LEGEND, demand_block
from vstreamqa.report.meta import TableMeta
from vstreamqa.report.names import visible
from vstreamqa.report.notes import legend, meta_lines, n_asked
from vstreamqa.report.reported import Reported
from vstreamqa.schema import SummaryRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What stands above, in, and under the tables.

    Attributes:
        notices: what must be said before any figure.
        blocks: the tables.
        legend: what their figures mean.
        foot: how they were made.
    """

    notices: tuple[str, ...]
    blocks: tuple[Block, ...]
    legend: tuple[str, ...]
    foot: tuple[str, ...]


def run_page(summary: Sequence[SummaryRow], meta: TableMeta) -> Page:
    """Return what `eval` and `score` print: the tables of one run."""
    return _visible(
        Page(
            notices=(*_unfinished(meta), *_notices([meta])),
            blocks=tuple(blocks(summary)),
            legend=tuple(legend(summary)),
            foot=tuple(meta_lines(meta)),
        )
    )


def report_page(runs: Sequence[Reported]) -> Page:
    """Return what `report` prints: the tables of every run, accuracy by age, and the memory demand."""
    by_age, demand = age_blocks(runs), demand_block(runs)
    lines = legend([row for run in runs for row in run.summary])
    words = (*lines, *(AGE_LEGEND if by_age else ()), *(DEMAND_LEGEND if demand else ()))
    return _visible(
        Page(
            notices=(
                *(line for run in runs for line in _unfinished(run.meta, run.label if len(runs) > 1 else None)),
                *_notices([run.meta for run in runs]),
                *_mixed(runs),
            ),
            blocks=(*_tables(runs), *by_age, *demand),
            legend=words,
            foot=tuple(line for run in runs for line in _foot(run, len(runs) > 1)),
        )
    )


def _visible(page: Page) -> Page:
    """Return a page on which nothing steers a terminal; the only line breaks are those of headers and figures."""
    return Page(
        notices=tuple(map(visible, page.notices)),
        blocks=tuple(map(_visible_block, page.blocks)),
        legend=page.legend,
        foot=tuple(map(visible, page.foot)),
    )


def _visible_block(block: Block) -> Block:
    return Block(
        title=visible(block.title),
        header=tuple(visible(cell, keep="\n") for cell in block.header),
        lines=tuple(
            replace(line, cells=(visible(line.cells[0]), *(visible(cell, keep="\n") for cell in line.cells[1:])))
            for line in block.lines
        ),
        notes=tuple(map(visible, block.notes)),
    )


def _unfinished(meta: TableMeta, label: str | None = None) -> Iterator[str]:
    """Yield a line if planned questions have no row: figures over all of them say little before the run's end."""
    if meta.missing:
        there = meta.planned - meta.missing
        yield (
            f"NOT FINISHED: {f'{label}: ' if label else ''}{there:,} of {meta.planned:,} questions, counted per arm, "
            "have an answer or an error; the others count as wrong"
        )


def _notices(metas: Sequence[TableMeta]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(meta.demo_notice for meta in metas if meta.demo_notice))


def _mixed(runs: Sequence[Reported]) -> tuple[str, ...]:
    """Say so where runs stand side by side that did not answer the same questions, or were scored differently."""
    differing = [
        name
        for name, hashes in (
            ("task", {run.meta.task_hash for run in runs}),
            ("scoring", {run.meta.scoring_hash for run in runs}),
        )
        if len(hashes) > 1
    ]
    return (f"MIXED: these runs differ in {' and '.join(differing)}; see their hashes below.",) if differing else ()


def _tables(runs: Sequence[Reported]) -> list[Block]:
    if len(runs) == 1:
        return blocks(runs[0].summary)
    own = [replace(block, title=f"{run.label}: {block.title}") for run in runs for block in blocks(run.summary)]
    return [_side_by_side(runs), *own]


def _side_by_side(runs: Sequence[Reported]) -> Block:
    configs = list(dict.fromkeys((row.suite, row.config) for run in runs for row in run.summary))
    own = [row for run in runs for row in run.summary if row.category is None and row.control is None]
    asked = {(row.suite, row.config) for row in own if n_asked(row)}
    spoken = {(row.suite, row.config) for row in own if row.speaking is not None}
    columns = [
        *((config, visible("/".join(config)), accuracy_cell) for config in configs if config in asked),
        *((config, f"{visible('/'.join(config))}: F1 %", f1_cell) for config in configs if config in spoken),
    ]
    lines = []
    for run in runs:
        overall = {(row.suite, row.config): row for row in run.summary if row.category is None and row.control is None}
        name = f"{run.label} (not finished)" if run.meta.missing else run.label
        lines.append(Line("model", (name, *(cell(overall.get(config)) for config, _, cell in columns))))
    return Block("runs", ("accuracy %" if asked else "", *(title for _, title, _ in columns)), tuple(lines), ())


def _foot(run: Reported, several: bool) -> list[str]:
    return [f"{run.label}: {line}" for line in meta_lines(run.meta)] if several else meta_lines(run.meta)
