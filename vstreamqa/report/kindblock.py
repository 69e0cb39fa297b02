"""The table of accuracy by kind of answer: arms are lines, kinds are columns."""

from __future__ import annotations

from collections.abc import Sequence

from vstreamqa.report.arms import arm_label
from vstreamqa.report.block import Block, Line
from vstreamqa.report.figures import NOTHING, percent_over_interval
from vstreamqa.report.kinds import KINDS, KindRow
from vstreamqa.report.notes import interval_methods

KIND_LEGEND = (
    "answer kinds: golds that are no more than yes or no; golds with content after it, where both must be right (and "
    "the polarity alone, where the rule reads it); all others are open",
)


def kind_blocks(rows: Sequence[KindRow]) -> list[Block]:
    """Return one block for every config."""
    by_config: dict[tuple[str, str], list[KindRow]] = {}
    for row in rows:
        by_config.setdefault((row.suite, row.config), []).append(row)
    return [_block("/".join(config), some) for config, some in by_config.items()]


def _block(name: str, rows: Sequence[KindRow]) -> Block:
    sizes = {row.kind: row.n_expected for row in rows}
    kinds = [kind for kind in KINDS if kind in sizes]
    figures = {(row.control, row.kind): row for row in rows}
    controls = dict.fromkeys(row.control for row in rows)
    return Block(
        title=f"{name}: accuracy by answer kind",
        header=("accuracy %\n[95 %]", *(kind.replace(", ", ",\n") for kind in kinds)),
        lines=(
            *(
                Line(
                    "model" if control is None else "control",
                    (arm_label(control), *(_cell(figures.get((control, kind))) for kind in kinds)),
                )
                for control in controls
            ),
            Line("control", ("questions", *(str(sizes[kind]) for kind in kinds))),
        ),
        notes=tuple(interval_methods(rows)),
    )


def _cell(row: KindRow | None) -> str:
    return NOTHING if row is None else percent_over_interval(row.accuracy, row.interval)
