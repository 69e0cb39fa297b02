"""The suite's own figures under a config's table: each has its name, and the one its leaderboard prints is marked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from vstreamqa.report.arms import arm_label
from vstreamqa.report.block import Block, Line
from vstreamqa.report.figures import NOTHING
from vstreamqa.schema import Average, Record, SummaryRow

OFFICIAL = "official"


class AverageRow(Record, frozen=True, kw_only=True):
    """One of the suite's own figures for one arm, as a line of a file; the fields are those of `Average`."""

    suite: str
    config: str
    control: str | None
    name: str
    value: float | None
    n: int
    official: bool
    unit: str
    note: str | None


def average_rows(summary: Sequence[SummaryRow]) -> list[AverageRow]:
    """Return every figure of every arm, in the order of the summary."""
    return [
        AverageRow(
            suite=row.suite,
            config=row.config,
            control=row.control,
            name=one.name,
            value=one.value,
            n=one.n,
            official=one.official,
            unit=one.unit,
            note=one.note,
        )
        for row in summary
        for one in row.averages
    ]


def averages_block(title: str, rows: Sequence[SummaryRow]) -> list[Block]:
    """Return the block of one config, or none where its suite has no figures of its own.

    Args:
        title: of the config.
        rows: its summary.
    """
    arms = [row for row in rows if row.averages]
    if not arms:
        return []
    known = {(row.control, one.name): one for row in arms for one in row.averages}
    names = list(dict.fromkeys(one.name for row in arms for one in row.averages))
    firsts = [next(one for row in arms if (one := known.get((row.control, name))) is not None) for name in names]
    return [
        Block(
            title=f"{title}: figures of the suite",
            header=("", "n", *(arm_label(row.control).replace(": ", ":\n") for row in arms)),
            lines=tuple(_line(one, [known.get((row.control, one.name)) for row in arms]) for one in firsts),
            notes=tuple(_notes(firsts)),
        )
    ]


def _line(first: Average, values: Sequence[Average | None]) -> Line:
    unit = "%" if first.unit == "share" else first.unit
    label = f"{first.name} ({OFFICIAL}), {unit}" if first.official else f"{first.name}, {unit}"
    return Line(
        "model" if first.official else "control", (label, str(first.n), *(_cell(one, first.n) for one in values))
    )


def _cell(one: Average | None, n: int) -> str:
    if one is None or one.value is None:
        return NOTHING
    # Two decimals, as leaderboards print these, so that a published figure can be recognised.
    value = f"{100 * one.value if one.unit == 'share' else one.value:,.2f}"
    return value if one.n == n else f"{value} (n {one.n})"


def _notes(firsts: Sequence[Average]) -> Iterator[str]:
    if any(one.official for one in firsts):
        yield f"{OFFICIAL}: what the suite's own leaderboard prints"
    yield from (f"{one.name}: {one.note}" for one in firsts if one.note is not None)
