"""The table of the memory demand: configs are lines, windows are columns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from vstreamqa.report.block import Block, Line
from vstreamqa.report.demand import WINDOWS, DemandRow
from vstreamqa.report.figures import percent
from vstreamqa.report.reported import Reported

DEMAND_LEGEND = (
    "memory demand: share of the questions, in %, whose whole evidence lies in the last so many seconds or ranks "
    "before the question",
    "ceiling: accuracy of a perfect observer who has no more than these and infers nothing from what it does not see "
    "(`--control oracle:N`)",
)


def demand_block(runs: Sequence[Reported]) -> list[Block]:
    """Return the block, or none if no question of any run has evidence.

    What the runs have in common stands there once.
    """
    # Whole lines are compared: as many questions of another data folder may lie elsewhere.
    configs = list(dict.fromkeys(config for run in runs for config in _by_config(run.demand)))
    if not configs:
        return []
    header = ("evidence within the last", *("all" if window is None else str(window) for window in WINDOWS))
    lines = tuple(line for some in configs for line in _lines(some))
    return [Block("memory demand", header, lines, tuple(_notes(configs)))]


def _by_config(rows: Iterable[DemandRow]) -> list[tuple[DemandRow, ...]]:
    by_config: dict[tuple[str, str, str], list[DemandRow]] = {}
    for row in rows:
        by_config.setdefault((row.suite, row.config, row.unit), []).append(row)
    return list(map(tuple, by_config.values()))


def _lines(rows: Sequence[DemandRow]) -> Iterator[Line]:
    first = rows[0]
    yield Line("model", (f"{first.suite}/{first.config} ({first.unit}s)", *(percent(row.within) for row in rows)))
    if any(row.ceiling is not None for row in rows):
        yield Line("category", (" ceiling", *(percent(row.ceiling) for row in rows)))


def _notes(configs: Iterable[Sequence[DemandRow]]) -> Iterator[str]:
    for rows in configs:
        first = rows[0]
        lacking = first.n_expected - first.n_evidence
        if lacking:
            yield f"{first.suite}/{first.config}: {lacking} of {first.n_expected} questions have no evidence times"
