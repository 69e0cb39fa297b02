"""The content of the tables, before it is drawn: cells as they are printed, whatever the medium."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from vstreamqa.report.arms import arm_label
from vstreamqa.report.figures import percent, percent_with_interval, two_milliseconds
from vstreamqa.report.notes import block_notes
from vstreamqa.schema import SummaryRow

HEADER = (
    "",
    "asked",
    "answered",
    "scored",
    "accuracy %\n[95 %]",
    "unparsed\n%",
    "TTFT ms\np50 / p95",
    "answer ms\np50 / p95",
)
"""Line breaks are for media that need narrow columns."""

Role = Literal["model", "category", "control"]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a table, and what it is about."""

    role: Role
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Block:
    """A table with its title above and its notes below; the first column is text, the others are figures."""

    title: str
    header: tuple[str, ...]
    lines: tuple[Line, ...]
    notes: tuple[str, ...]


def blocks(summary: Iterable[SummaryRow]) -> list[Block]:
    """Return one block per config, and before them the overall accuracies side by side if there are several."""
    by_config: dict[str, list[SummaryRow]] = {}
    for row in summary:
        by_config.setdefault(f"{row.suite}/{row.config}", []).append(row)
    overview = [_overview(by_config)] if len(by_config) > 1 else []
    return [*overview, *(_config_block(title, rows) for title, rows in by_config.items())]


def _config_block(title: str, rows: Sequence[SummaryRow]) -> Block:
    return Block(title, HEADER, tuple(_lines(rows)), tuple(block_notes(rows)))


def _lines(rows: Sequence[SummaryRow]) -> Iterator[Line]:
    own = [row for row in rows if row.control is None]
    yield from (_line("model", arm_label(None), row) for row in own if row.category is None)
    yield from (_line("category", f" {row.category}", row) for row in own if row.category is not None)
    others = [row for row in rows if row.control is not None and row.category is None]
    yield from (_line("control", arm_label(row.control), row) for row in others)


def _line(role: Role, label: str, row: SummaryRow) -> Line:
    cells = (
        label,
        str(row.n_expected),
        str(row.n_answered),
        str(row.n_scored),
        percent_with_interval(row.accuracy, row.interval),
        percent(row.unparsed_share),
        two_milliseconds(row.ttft_p50_ns, row.ttft_p95_ns),
        two_milliseconds(row.answer_latency_p50_ns, row.answer_latency_p95_ns),
    )
    return Line(role, cells)


def _overview(by_config: dict[str, list[SummaryRow]]) -> Block:
    arms = list(dict.fromkeys(row.control for rows in by_config.values() for row in rows))
    arms.sort(key=lambda control: control is not None)
    lines = []
    for title, rows in by_config.items():
        overall = {row.control: row for row in rows if row.category is None}
        lines.append(Line("model", (title, *(accuracy_cell(overall.get(control)) for control in arms))))
    header = ("accuracy %", *((control or arm_label(None)).replace("-", "-\n") for control in arms))
    return Block("overview", header, tuple(lines), ())


def accuracy_cell(row: SummaryRow | None) -> str:
    """Return an accuracy as an overview has it: with its interval where it is the model's own."""
    if row is None:
        return percent(None)
    if row.control is None:
        return percent_with_interval(row.accuracy, row.interval)
    return percent(row.accuracy)
