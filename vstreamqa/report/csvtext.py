"""CSV that no spreadsheet takes for anything but values."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from vstreamqa.report.names import visible

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def csv_text(fields: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> str:
    """Return rows under a header; a value that does not exist is an empty cell.

    A text that a spreadsheet would take for a formula stands behind an apostrophe, and nothing in it steers a terminal.

    Args:
        fields: the columns, in their order.
        rows: the values of each line by column.
    """
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=fields, lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: _cell(value) for name, value in row.items()} for row in rows)
    return text.getvalue()


def _cell(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    shown = visible(value, keep="\t\r\n")
    return f"'{shown}" if shown.startswith(_FORMULA) else shown
