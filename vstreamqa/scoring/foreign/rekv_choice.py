"""ReKV and HERMES, multiple choice: CSV whose column `choices` is a Python list written as text.

Columns video_id, question, choices, answer, correct_choice, pred_answer, pred_choice, qa_acc (0 or 100), task. The
gold is the letter in `correct_choice`; without one it is the first choice that equals `answer`, as in the original.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence

from vstreamqa.letters import letter_of
from vstreamqa.scoring.foreign.cells import fault, label, required, said, text
from vstreamqa.scoring.foreign.items import Found, Item
from vstreamqa.scoring.foreign.lines import Line
from vstreamqa.scoring.native.before_bracket import letter_before_bracket

WANTED = ("video_id", "question", "choices", "answer", "pred_answer")
_OWN = ("correct_choice", "pred_choice", "qa_acc")
_CATEGORIES = ("task", "question_type")


def read(lines: Sequence[Line]) -> Found:
    """Read the rows of a file; what it says of itself (`qa_acc`, `pred_choice`) is compared and noted.

    Raises:
        UserError: a column is missing or holds something else, or the gold names no choice.
    """
    items = [_item(line) for line in lines]
    return Found(items=items, notes=[*_own_accuracy(lines, items), *_own_letters(lines)])


def _item(line: Line) -> Item:
    options = _choices(line)
    index = _gold(line, options)
    required(line, "pred_answer")
    return Item(
        place=line.place,
        identity=None,
        video=text(line, "video_id"),
        text=text(line, "question"),
        format="choice",
        answer=options[index],
        answer_index=index,
        options=options,
        category=label(line, _CATEGORIES),
        said=said(line, "pred_answer"),
        kept={name: value for name, value in line.values.items() if name not in {*WANTED, *_OWN, *_CATEGORIES}},
    )


def _choices(line: Line) -> tuple[str, ...]:
    cell = text(line, "choices")
    try:
        found = ast.literal_eval(cell.strip())
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        found = None
    if not isinstance(found, list | tuple) or not found or len(found) > 26:
        raise fault(line, "choices", cell, "a Python list of 1 to 26 texts")
    return tuple(str(choice) for choice in found)


def _gold(line: Line, options: Sequence[str]) -> int:
    letter = str(line.values.get("correct_choice") or "").strip()
    if letter:
        index = ord(letter) - ord("A") if len(letter) == 1 else -1
        if not 0 <= index < len(options):
            raise fault(line, "correct_choice", letter, f"a letter from A to {letter_of(len(options) - 1)}")
        return index
    answer = text(line, "answer")
    if answer not in options:
        raise fault(line, "answer", answer, "the text of one of the choices, or a letter in correct_choice")
    return options.index(answer)


def _own_accuracy(lines: Sequence[Line], items: Sequence[Item]) -> list[str]:
    if not all("qa_acc" in line.values for line in lines):
        return []
    own = [_percent(line) for line in lines]
    read = [100.0 * (letter_before_bracket(item.said or "") == letter_of(item.answer_index or 0)) for item in items]
    differ = sum(one != other for one, other in zip(own, read, strict=True))
    return [
        f"the file's own qa_acc has the mean {sum(own) / len(own):.2f} over {len(own)} rows; "
        f"the native rule decides {differ} of them otherwise"
    ]


def _percent(line: Line) -> float:
    cell = str(line.values["qa_acc"]).strip()
    try:
        value = float(cell)
    except ValueError:
        value = -1.0
    if value not in (0.0, 100.0):
        raise fault(line, "qa_acc", cell, "0 or 100")
    return value


def _own_letters(lines: Sequence[Line]) -> list[str]:
    if not all("pred_choice" in line.values for line in lines):
        return []
    differ = sum(
        (letter_before_bracket(said(line, "pred_answer") or "") or "") != str(line.values["pred_choice"] or "").strip()
        for line in lines
    )
    return [f"the native rule reads another letter than the file's pred_choice in {differ} rows"] if differ else []
