"""ReKV and HERMES, open-ended: CSV with columns video_id, question, answer, pred_answer."""

from __future__ import annotations

from collections.abc import Sequence

from vstreamqa.scoring.foreign.cells import label, required, said, text
from vstreamqa.scoring.foreign.items import Found, Item
from vstreamqa.scoring.foreign.lines import Line
from vstreamqa.suites.formats import natural_format

WANTED = ("video_id", "question", "answer", "pred_answer")
_CATEGORIES = ("answer_type", "question_type", "task")


def read(lines: Sequence[Line]) -> Found:
    """Read the rows of a file.

    Raises:
        UserError: a column is missing or empty that may not be.
    """
    return Found(items=[_item(line) for line in lines])


def _item(line: Line) -> Item:
    answer = text(line, "answer")
    required(line, "pred_answer")
    return Item(
        place=line.place,
        identity=None,
        video=text(line, "video_id"),
        text=text(line, "question"),
        format=natural_format(answer),
        answer=answer,
        category=label(line, _CATEGORIES),
        said=said(line, "pred_answer"),
        kept={name: value for name, value in line.values.items() if name not in {*WANTED, *_CATEGORIES}},
    )
