"""The table of several runs: each is a line, configs are columns."""

from __future__ import annotations

from collections.abc import Sequence

from vstreamqa.report.block import Block, Line
from vstreamqa.report.blocks import accuracy_cell, f1_cell
from vstreamqa.report.names import visible
from vstreamqa.report.notes import n_asked
from vstreamqa.report.reported import Reported


def side_by_side(runs: Sequence[Reported]) -> Block:
    """Return the models' own overall figures, run by run."""
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
