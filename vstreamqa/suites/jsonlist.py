"""A JSON file that holds a list of rows."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from vstreamqa.errors import UserError


def read_list(path: Path) -> list[Any]:
    """Return the list that a JSON file holds.

    Raises:
        UserError: it cannot be read, or holds something else.
    """
    try:
        rows = json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError, RecursionError) as error:
        raise UserError(f"{path}: cannot be read as JSON ({error}); fetch the annotations again") from error
    if not isinstance(rows, list):
        raise UserError(f"{path}: holds no list of rows; fetch the annotations again")
    return rows
