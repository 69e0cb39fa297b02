"""Labels that people gave: a CSV file with a line for each answer."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from vstreamqa.agreeing.raters import LABELS, Answers, Ratings
from vstreamqa.errors import UserError, suggestion
from vstreamqa.schema import RowKey

COLUMNS = ("question_id", "suite", "config", "control", "run", "correct")
"""What is read; other columns may be there."""
_NEEDED = ("question_id", "correct")
_WORDS = {"1": True, "yes": True, "true": True, "0": False, "no": False, "false": False}


@dataclass(frozen=True, slots=True)
class _Label:
    place: str
    fields: Mapping[str, str]
    correct: bool


def with_labels(answers: Sequence[Answers], path: Path) -> tuple[list[Answers], int]:
    """Add the labels of a file as a rater, and return how many of its lines have no label yet.

    Args:
        answers: of the runs that were labelled.
        path: a CSV file with a header. `question_id` and `correct` (1, 0, yes, no, true, false; empty: not labelled
            yet) are needed; `suite`, `config`, `control` (empty: the model itself) and `run` (name of the folder) only
            where the question's id alone does not say which answer is meant.

    Raises:
        UserError: the file cannot be read, a label is none, or an answer is not there, ambiguous or labelled twice.
    """
    lines = list(_read(path))
    labels = [label for label in lines if label is not None]
    if not labels:
        raise UserError(f"{path}: holds no label; write 1 or 0 into its column correct")
    found: list[dict[RowKey, bool]] = [{} for _ in answers]
    for label in labels:
        place, key = _meant(label, answers)
        if key in found[place]:
            raise UserError(f"{label.place}: question {key[2]!r} has a label already; keep the one that counts")
        found[place][key] = label.correct
    return [
        replace(one, raters={**one.raters, LABELS: Ratings(some, frozenset(some))}) if some else one
        for one, some in zip(answers, found, strict=True)
    ], len(lines) - len(labels)


def _read(path: Path) -> Iterator[_Label | None]:
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise UserError(f"--labels {path}: cannot be read ({error.strerror}); name a CSV file") from error
    except UnicodeDecodeError as error:
        raise UserError(f"--labels {path}: byte {error.start} is not UTF-8; save the file as UTF-8") from error
    reader = csv.DictReader(io.StringIO(text, newline=""))
    header = [name.strip() for name in reader.fieldnames or ()]
    for name in _NEEDED:
        if name not in header:
            close = suggestion(name, header) if header else ""
            raise UserError(f"--labels {path}: has no column {name!r}{close}; give it a header line")
    reader.fieldnames = header
    for row in reader:
        place = f"{path}, line {reader.line_num}"
        yield _label({name: (row.get(name) or "").strip() for name in COLUMNS}, place)


def _label(fields: Mapping[str, str], place: str) -> _Label | None:
    if not fields["question_id"]:
        raise UserError(f"{place}: has no question_id; give it, or remove the line")
    word = fields["correct"].lower()
    if not word:
        return None
    if word not in _WORDS:
        raise UserError(f"{place}: correct is {fields['correct']!r}; write 1 or 0, or leave it empty")
    return _Label(place, fields, _WORDS[word])


def _meant(label: _Label, answers: Sequence[Answers]) -> tuple[int, RowKey]:
    found = [
        (place, key)
        for place, one in enumerate(answers)
        for key in one.questions
        if (not label.fields["run"] or label.fields["run"] in one.names) and _fits(label.fields, key)
    ]
    question = f"{label.place}: question {label.fields['question_id']!r}"
    if not found:
        raise UserError(f"{question} was not asked in these runs, or not in that suite, config, control or run")
    if len(found) > 1:
        raise UserError(f"{question} is there {len(found)} times; say which is meant in columns suite, config or run")
    return found[0]


def _fits(fields: Mapping[str, str], key: RowKey) -> bool:
    suite, config, question_id, control = key
    return (
        question_id == fields["question_id"]
        and fields["suite"] in ("", suite)
        and fields["config"] in ("", config)
        and (fields["control"] or None) == control
    )
