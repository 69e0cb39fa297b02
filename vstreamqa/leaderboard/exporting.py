"""The leaderboard for other programs: JSON as the page has it, CSV with one line per figure."""

from __future__ import annotations

import csv
import io
from typing import Any

import msgspec

from vstreamqa.leaderboard.board import Board
from vstreamqa.leaderboard.line import Line

VERSION = 1
_COLUMNS = (
    "suite",
    "config",
    "table",
    "model",
    "metric",
    "unit",
    "figure",
    "score",
    "low",
    "high",
    "rank",
    "tied",
    "judge",
    "asked",
    "origin",
    "kind",
    "verified",
    "demo",
    "marks",
    "floors",
    "again",
    "settings",
    "hardware",
    "source",
    "place",
    "url",
    "command",
    "ttft_s",
    "ttft_of",
    "memory_gb",
    "memory_of",
    "id",
)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def render_json(board: Board) -> str:
    """Return `{"version": 1, "views": [...]}`; a field that a line lacks is not stated."""
    views = ",\n".join(msgspec.json.encode(view).decode() for view in board.views)
    return f'{{"version": {VERSION}, "views": [\n{views}\n]}}\n'


def render_csv(board: Board) -> str:
    """Return one line per figure under one header; an empty cell is what nobody states.

    A text that a spreadsheet would take for a formula stands behind an apostrophe.
    """
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=_COLUMNS, lineterminator="\n")
    writer.writeheader()
    for line in board.lines:
        writer.writerow({name: _cell(value) for name, value in _flat(line).items()})
    return text.getvalue()


def _flat(line: Line) -> dict[str, Any]:
    plain = {name: value for name, value in msgspec.structs.asdict(line).items() if name in _COLUMNS}
    return plain | {
        "table": line.group,
        "figure": line.shown,
        "marks": "; ".join(line.marks),
        "floors": "; ".join(f"{name} {figure}" for name, figure in line.floors),
        "again": "; ".join(one.figure for one in line.again),
        "place": line.table,
        "ttft_s": line.ttft,
        "memory_gb": line.memory,
    }


def _cell(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
