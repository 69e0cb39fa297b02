"""Everything that is printed about a run, or about several side by side, whatever the medium."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from vstreamqa.report.ageblocks import AGE_LEGEND, age_blocks
from vstreamqa.report.block import Block
from vstreamqa.report.blocks import blocks
from vstreamqa.report.demandblock import DEMAND_LEGEND, demand_block
from vstreamqa.report.groups import Group, differing_specs, groups, mixed_lines
from vstreamqa.report.kindblock import KIND_LEGEND, kind_blocks
from vstreamqa.report.kinds import KindRow
from vstreamqa.report.meta import TableMeta
from vstreamqa.report.names import visible
from vstreamqa.report.notes import legend, meta_lines
from vstreamqa.report.reported import Reported
from vstreamqa.report.rvs import RvsArms
from vstreamqa.report.rvsblock import RVS_LEGEND, rvs_blocks
from vstreamqa.report.sidebyside import side_by_side
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


def run_page(
    summary: Sequence[SummaryRow],
    meta: TableMeta,
    *,
    rvs: Sequence[RvsArms] = (),
    kinds: Sequence[KindRow] = (),
    rule: str = "strict",
) -> Page:
    """Return what `eval` and `score` print: the tables of one run.

    Args:
        summary: the lines of its table.
        meta: how it was made.
        rvs: the arms of RVS, if it is one.
        kinds: accuracy by kind of answer, where the suite does not say what is asked.
        rule: by which its answers were read.
    """
    return visible_page(
        Page(
            notices=(*_unfinished(meta), *_notices([meta])),
            blocks=(*blocks(summary), *rvs_blocks(rvs), *kind_blocks(kinds)),
            legend=(*legend(summary, (rule,)), *_more_legend(rvs, kinds)),
            foot=tuple(meta_lines(meta)),
        )
    )


def report_page(runs: Sequence[Reported], *, mixed: bool = False) -> Page:
    """Return what `report` prints: the tables of every run, accuracy by age, and the memory demand.

    Args:
        runs: what is known of each.
        mixed: put runs of different tasks or scorings into one table, and say in what they differ.
    """
    tables = groups(runs, mixed=mixed)
    by_age, demand = any(run.ages for run in runs), demand_block(runs)
    rules = {str(run.scoring.get("rule", "strict")) for run in runs}
    lines = legend([row for run in runs for row in run.summary], rules)
    more = _more_legend([one for run in runs for one in run.rvs], [one for run in runs for one in run.kinds])
    return visible_page(
        Page(
            notices=(
                *(line for run in runs for line in _unfinished(run.meta, run.label if len(runs) > 1 else None)),
                *_notices([run.meta for run in runs]),
                *_mixed(runs, apart=len(tables) > 1),
            ),
            blocks=(*(block for table in tables for block in _group(table, len(runs) > 1)), *demand),
            legend=(*lines, *more, *(AGE_LEGEND if by_age else ()), *(DEMAND_LEGEND if demand else ())),
            foot=tuple(line for run in runs for line in _foot(run, len(runs) > 1)),
        )
    )


def _more_legend(rvs: Sequence[RvsArms], kinds: Sequence[KindRow]) -> tuple[str, ...]:
    return (*(RVS_LEGEND if rvs else ()), *(KIND_LEGEND if kinds else ()))


def visible_page(page: Page) -> Page:
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


def _mixed(runs: Sequence[Reported], *, apart: bool) -> Iterator[str]:
    """Say so where runs did not answer the same questions, or were scored differently."""
    differing = " and ".join(differing_specs(runs))
    if differing and apart:
        yield (
            f"NOT COMPARABLE: these runs differ in {differing}, and those that do are not in one table; "
            "--mixed puts them side by side"
        )
    elif differing:
        yield f"MIXED: these runs differ in {differing}:"
        yield from mixed_lines(runs)


def _group(group: Group, several: bool) -> Iterator[Block]:
    """Yield the tables of runs that share them; in a title stands to which group of several a table belongs."""
    by_age = age_blocks(group.runs)
    if not several:
        yield from (block for run in group.runs for block in _own(run))
        yield from by_age
        return
    beside = side_by_side(group.runs)
    yield replace(beside, title=group.title or beside.title, notes=(*group.notes, *beside.notes))
    for run in group.runs:
        yield from (replace(block, title=f"{run.label}: {block.title}") for block in _own(run))
    where = f"{group.name}, " if group.name else ""
    yield from (replace(block, title=f"{where}{block.title}") for block in by_age)


def _own(run: Reported) -> list[Block]:
    return [*blocks(run.summary), *rvs_blocks(run.rvs), *kind_blocks(run.kinds)]


def _foot(run: Reported, several: bool) -> list[str]:
    return [f"{run.label}: {line}" for line in meta_lines(run.meta)] if several else meta_lines(run.meta)
