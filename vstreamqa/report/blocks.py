"""The content of the tables, before it is drawn: cells as they are printed, whatever the medium."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from vstreamqa.report import judgecolumns, spoken
from vstreamqa.report.arms import arm_label
from vstreamqa.report.averages import averages_block
from vstreamqa.report.block import Block, Line
from vstreamqa.report.figures import percent, percent_with_interval, two_milliseconds
from vstreamqa.report.notes import block_notes, cost_notes, n_asked
from vstreamqa.report.spoken import speaking_notes
from vstreamqa.schema import SummaryRow

__all__ = ["HEADER", "Block", "Line", "accuracy_cell", "blocks", "f1_cell"]

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
_AFTER_ACCURACY = HEADER.index("accuracy %\n[95 %]") + 1


def blocks(summary: Iterable[SummaryRow]) -> list[Block]:
    """Return one block per config, and before them the overall accuracies side by side if there are several."""
    by_config: dict[str, list[SummaryRow]] = {}
    for row in summary:
        by_config.setdefault(f"{row.suite}/{row.config}", []).append(row)
    asked = {title: some for title, rows in by_config.items() if (some := [row for row in rows if n_asked(row)])}
    overview = [_overview(by_config, asked)] if asked and len(by_config) > 1 else []
    return [*overview, *(block for title, rows in by_config.items() for block in _config_blocks(title, rows))]


def _config_blocks(title: str, rows: Sequence[SummaryRow]) -> Iterator[Block]:
    """Yield the answers of a config, and what was said unasked, where it has the one and the other."""
    asked = [row for row in rows if n_asked(row)]
    listened = [row for row in rows if row.speaking is not None]
    if asked:
        yield _asked_block(title, asked)
        yield from averages_block(title, rows)
    if listened:
        costs = () if asked else tuple(cost_notes(listened))
        notes = (*speaking_notes(listened), *costs)
        yield Block(f"{title}: speaking unasked", spoken.HEADER, tuple(_lines(listened, _spoken)), notes)


def _asked_block(title: str, rows: Sequence[SummaryRow]) -> Block:
    if not judgecolumns.has_judge(rows):
        return Block(title, HEADER, tuple(_lines(rows, _answers)), tuple(block_notes(rows)))
    header = (*HEADER[:_AFTER_ACCURACY], *judgecolumns.HEADER, *HEADER[_AFTER_ACCURACY:])
    return Block(title, header, tuple(_lines(rows, _judged_answers)), tuple(block_notes(rows)))


def _lines(rows: Sequence[SummaryRow], cells: Callable[[str, SummaryRow], tuple[str, ...]]) -> Iterator[Line]:
    own = [row for row in rows if row.control is None]
    others = [row for row in rows if row.control is not None and row.category is None]
    yield from (Line("model", cells(arm_label(None), row)) for row in own if row.category is None)
    yield from (Line("category", cells(f" {row.category}", row)) for row in own if row.category is not None)
    yield from (Line("control", cells(arm_label(row.control), row)) for row in others)


def _spoken(label: str, row: SummaryRow) -> tuple[str, ...]:
    assert row.speaking is not None
    return spoken.cells(label, row.speaking)


def _answers(label: str, row: SummaryRow) -> tuple[str, ...]:
    listened, answered = (0, 0) if row.speaking is None else (row.speaking.n_questions, row.speaking.n_answered)
    return (
        label,
        str(n_asked(row)),
        str(row.n_answered - answered),
        str(row.n_scored - listened),
        percent_with_interval(row.accuracy, row.interval),
        percent(row.unparsed_share),
        two_milliseconds(row.ttft_p50_ns, row.ttft_p95_ns),
        two_milliseconds(row.answer_latency_p50_ns, row.answer_latency_p95_ns),
    )


def _judged_answers(label: str, row: SummaryRow) -> tuple[str, ...]:
    cells = _answers(label, row)
    return (*cells[:_AFTER_ACCURACY], *judgecolumns.cells(row), *cells[_AFTER_ACCURACY:])


def _overview(by_config: dict[str, list[SummaryRow]], asked: dict[str, list[SummaryRow]]) -> Block:
    # The policies that say this or that unasked answer nothing, and stand under their own config.
    arms = list(dict.fromkeys(row.control for rows in asked.values() for row in rows))
    arms.sort(key=lambda control: control is not None)
    lines = []
    for title, rows in by_config.items():
        overall = {row.control: row for row in rows if row.category is None}
        if title in asked:
            lines.append(Line("model", (title, *(accuracy_cell(overall.get(control)) for control in arms))))
        if any(row.speaking is not None for row in overall.values()):
            lines.append(Line("model", (f"{title}: F1 %", *(f1_cell(overall.get(control)) for control in arms))))
    header = ("accuracy %", *((control or arm_label(None)).replace("-", "-\n") for control in arms))
    return Block("overview", header, tuple(lines), ())


def accuracy_cell(row: SummaryRow | None) -> str:
    """Return an accuracy as an overview has it: with its interval where it is the model's own."""
    if row is None:
        return percent(None)
    if row.control is None:
        return percent_with_interval(row.accuracy, row.interval)
    return percent(row.accuracy)


def f1_cell(row: SummaryRow | None) -> str:
    """Return the F1 of speaking unasked as an overview has it: with its interval where it is the model's own."""
    if row is None or row.speaking is None:
        return percent(None)
    if row.control is None:
        return percent_with_interval(row.speaking.f1, row.speaking.f1_interval)
    return percent(row.speaking.f1)
