"""Flash-VStream: JSON lines {id, question, answer, answer_type, pred}, or a folder of such files.

Of a multiple choice the answer is the index of an option, and the options stand in the question's text. A question's
id may come again: its occurrences are told apart as in the original, `{id}_{occurrence}` (the first keeps its id).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from vstreamqa.letters import letter_of
from vstreamqa.scoring.foreign.cells import fault, label, required, said, text, whole
from vstreamqa.scoring.foreign.items import Found, Item
from vstreamqa.scoring.foreign.lettered import lettered_options
from vstreamqa.scoring.foreign.lines import Line
from vstreamqa.suites.formats import natural_format

WANTED = ("id", "question", "answer", "pred")
_CATEGORIES = ("answer_type", "question_type", "task_type", "type")
_VIDEOS = ("video_name", "video_id")
_READ = frozenset({*WANTED, *_CATEGORIES, *_VIDEOS, "domain", "duration"})
_NUMBERED = re.compile(r"(?P<video>.+)_\d+")
_MOST_OPTIONS = 26
_LENGTHS = frozenset({"short", "medium", "long"})


def read(lines: Sequence[Line]) -> Found:
    """Read the rows of a file.

    Raises:
        UserError: a column is missing or holds something else.
    """
    items = [_item(line) for line in lines]
    notes = []
    unnamed = sum(not _has_video(line) and not _NUMBERED.fullmatch(text(line, "id")) for line in lines)
    if unnamed:
        notes.append(f"{unnamed} rows do not say which video they are about: each is taken for a video of its own")
    beyond = sum(item.options is not None and len(item.options) > len(lettered_options(item.text)) for item in items)
    if beyond:
        notes.append(f"{beyond} golds lie beyond the options that the question lists: letters stand in for the others")
    return Found(items=items, notes=notes, clips=not any("video_name" in line.values for line in lines))


def _item(line: Line) -> Item:
    required(line, "pred")
    options, index = _choice(line)
    answer = text(line, "answer") if index is None else (options or ())[index]
    return Item(
        place=line.place,
        identity=text(line, "id"),
        video=_video(line),
        text=text(line, "question"),
        format=natural_format(answer) if index is None else "choice",
        answer=answer,
        answer_index=index,
        options=options,
        category=_category(line),
        said=said(line, "pred"),
        kept={name: value for name, value in line.values.items() if name not in _READ},
    )


def _choice(line: Line) -> tuple[tuple[str, ...] | None, int | None]:
    """Return options and gold of a choice, or nothing where the answer is text."""
    gold = required(line, "answer")
    if isinstance(gold, str):
        return None, None
    index, options = whole(line, "answer", gold), lettered_options(text(line, "question"))
    if not options or not 0 <= index < _MOST_OPTIONS:
        raise fault(line, "answer", gold, "text, or the index of an option that the question lists as '(A) ...'")
    return (*options, *map(letter_of, range(len(options), index + 1))), index


def _has_video(line: Line) -> bool:
    return any(line.values.get(column) not in (None, "") for column in _VIDEOS)


def _video(line: Line) -> str:
    for column in _VIDEOS:
        if line.values.get(column) not in (None, ""):
            return text(line, column)
    numbered = _NUMBERED.fullmatch(text(line, "id"))
    return numbered["video"] if numbered else text(line, "id")


def _category(line: Line) -> str | None:
    """Return the category; Video-MME's file, whose duration is a word, is grouped by it and by domain."""
    if str(line.values.get("duration")) in _LENGTHS:
        return ", ".join(filter(None, (label(line, ["duration"]), label(line, ["domain"]))))
    return label(line, _CATEGORIES)
