"""OVO-Bench: a JSON list of items with `response` beside the annotation, or such lists by group.

The gold is the index `gt`, or the letter `ground_truth`: never the text of `answer`, which in 420 items of the
annotation is another option's. Forward items ask at several moments (`test_info`), each with a response of its own: how
many times something was done (REC), whether a step is being done (SSR), whether the answer can be given yet (CRR).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from vstreamqa.errors import UserError
from vstreamqa.letters import letter_of
from vstreamqa.scoring.foreign.cells import fault, position, required, said, text, whole
from vstreamqa.scoring.foreign.items import Found, Item
from vstreamqa.scoring.foreign.lines import Line

GROUPS = ("backward", "realtime", "forward")
CHOICES = ("EPM", "HLD", "ASI", "OCR", "ACR", "ATR", "STU", "FPD", "OJR")
FORWARD = ("REC", "SSR", "CRR")
_MOST_OPTIONS = 5
_TELLING = frozenset({"response", "test_info", "gt", "ground_truth"})
_READ = frozenset(
    {"id", "task", "video", "realtime", "question", "answer", "options", "gt", "ground_truth", "response", "test_info"}
)


def lines_of(path: Path, value: Any) -> list[Line] | None:
    """Return the items of what a JSON file holds, or None if it is not laid out so."""
    lists = {"": value} if isinstance(value, list) else value
    if not isinstance(lists, Mapping) or (lists is value and not set(lists) & set(GROUPS)):
        return None
    named = {f"{path}, {name} item" if name else f"{path}, item": rows for name, rows in lists.items()}
    if not all(isinstance(rows, list) for rows in named.values()):
        return None
    lines = [Line(f"{place} {number}", row) for place, rows in named.items() for number, row in enumerate(rows, 1)]
    return lines if all(isinstance(line.values, dict) and "task" in line.values for line in lines) else None


def are_items(lines: Sequence[Line] | None) -> bool:
    """Say whether items are those of OVO-Bench, by the first of them."""
    return lines is not None and bool(lines) and not _TELLING.isdisjoint(lines[0].values)


def read(lines: Sequence[Line]) -> Found:
    """Read the items of a file.

    Raises:
        UserError: an item lacks a field, a field holds something else, or no item has a response at all.
    """
    items = [item for line in lines for item in _items(line)]
    if all(item.said is None for item in items):
        raise UserError(
            f"{lines[0].place}: no item of the file has a `response`; this is the annotation: name the file of results"
        )
    without = sum("options" not in line.values and line.values["task"] in CHOICES for line in lines)
    notes = [f"{without} items come without their options: an answer is read by its letter only"] if without else []
    return Found(items=items, notes=notes, repeatable=False)


def _items(line: Line) -> Iterator[Item]:
    task = text(line, "task")
    if task in CHOICES:
        yield _choice(line, task)
    elif task in FORWARD:
        yield from _forward(line, task)
    else:
        raise fault(line, "task", task, f"one of {', '.join((*CHOICES, *FORWARD))}")


def _choice(line: Line, task: str) -> Item:
    index = _gold(line)
    options = _options(line)
    if index >= len(options):
        raise fault(line, "gt", index, f"the index of one of {len(options)} options")
    return Item(
        place=line.place,
        identity=text(line, "id"),
        video=text(line, "video"),
        text=text(line, "question"),
        format="choice",
        answer=options[index],
        answer_index=index,
        options=options,
        category=task,
        time=position(line, "realtime"),
        said=said(line, "response"),
        kept=_kept(line),
    )


def _gold(line: Line) -> int:
    letter = line.values.get("ground_truth")
    index = None if line.values.get("gt") is None else whole(line, "gt", line.values["gt"])
    if letter is None and index is None:
        raise UserError(f"{line.place}: has neither 'gt' (an index) nor 'ground_truth' (a letter); write one of them")
    if letter is not None and not (isinstance(letter, str) and len(letter) == 1 and "A" <= letter <= "Z"):
        raise fault(line, "ground_truth", letter, "a letter")
    named = index if letter is None else ord(letter) - ord("A")
    if index is not None and named != index:
        raise fault(line, "ground_truth", letter, f"{letter_of(index) if index >= 0 else 'the letter'} of 'gt' {index}")
    if named is None or named < 0:
        raise fault(line, "gt", index, "the index of an option")
    return named


def _options(line: Line) -> tuple[str, ...]:
    if "options" not in line.values:
        return tuple(letter_of(place) for place in range(_MOST_OPTIONS))
    options = line.values["options"]
    if not isinstance(options, list) or not options or not all(isinstance(option, str) for option in options):
        raise fault(line, "options", options, "a list of texts")
    return tuple(options)


def _forward(line: Line, task: str) -> Iterator[Item]:
    polls = required(line, "test_info")
    if not isinstance(polls, list) or not polls or not all(isinstance(poll, dict) for poll in polls):
        raise fault(line, "test_info", polls, "a list of objects")
    for number, values in enumerate(polls):
        poll = Line(f"{line.place}, test_info {number}", values)
        yield Item(
            place=poll.place,
            identity=f"{text(line, 'id')}_{number}",
            video=text(line, "video"),
            category=task,
            time=position(poll, "realtime"),
            said=said(poll, "response"),
            kept=_kept(line),
            **_poll(line, poll, task),
        )


def _poll(line: Line, poll: Line, task: str) -> dict[str, Any]:
    if task == "REC":
        count = whole(poll, "count", required(poll, "count"))
        return {"text": text(line, "activity"), "format": "count", "answer": str(count)}
    kind = required(poll, "type")
    if kind not in (0, 1):
        raise fault(poll, "type", kind, "0 or 1")
    asked = text(poll, "step") if task == "SSR" else text(line, "question")
    return {"text": asked, "format": "yes_no", "answer": "Yes" if kind else "No"}


def _kept(line: Line) -> dict[str, Any]:
    return {name: value for name, value in line.values.items() if name not in _READ}
