"""One row of a questions file of one's own, read and checked field by field."""

from __future__ import annotations

import json
import string
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from vstreamqa.errors import suggestion
from vstreamqa.hashing import spec_hash
from vstreamqa.ids import shortest
from vstreamqa.schema import Format, Value
from vstreamqa.suites.check import evidence_problems, position_problem, shown
from vstreamqa.suites.formats import is_polar, natural_format

FIELDS = ("question", "time", "id", "answer", "options", "category", "format", "evidence")
FORMATS: tuple[Format, ...] = ("open", "yes_no", "choice", "count")
"""A proactive question has spans for a gold, which a questions file cannot give."""

_BUILT_ONLY = {
    "spans": "proactive questions come from a built suite (mini/narration); leave the row out",
    "age": "ages come from a built suite (mini/horizon); leave the field out",
}
"""What a suite has that a questions file cannot give."""

_FEWEST_OPTIONS, _MOST_OPTIONS = 2, 26


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnRow:
    """A row that is right.

    Attributes:
        id: as given, or None.
        text: the question.
        time: position it is asked at.
        format: as given, or as the row shows.
        answer: text of the gold, or None.
        answer_index: which option it is, for a choice.
        options: of a choice.
        category: as given, or None.
        evidence: where the answer can be seen, or None.
        digest: hash of the row.
    """

    id: str | None
    text: str
    time: Value
    format: Format
    answer: str | None
    answer_index: int | None
    options: tuple[str, ...] | None
    category: str | None
    evidence: tuple[Value, Value] | None
    digest: str


def read_own_row(value: Any, unit: str) -> tuple[OwnRow | None, list[str]]:
    """Read a row.

    Args:
        value: what stands in the file.
        unit: what its times count.

    Returns:
        the row, or None and everything that is wrong with it, each in one line.
    """
    if not isinstance(value, dict):
        return None, [f"{shown(value)} is not an object; write fields with names"]
    if not _is_unicode(value):
        return None, ["holds half of a surrogate pair; write the character itself"]
    reader = _Reader({name: given for name, given in value.items() if given is not None}, unit)
    row = reader.read()
    return (None, reader.problems) if reader.problems else (row, [])


@dataclass
class _Reader:
    """Reads the fields of one row and collects what is wrong."""

    given: Mapping[str, Any]
    unit: str
    problems: list[str] = field(default_factory=list)

    def read(self) -> OwnRow | None:
        for name in self.given:
            if name in _BUILT_ONLY:
                self.problems.append(f"field {name!r}: {_BUILT_ONLY[name]}")
            elif name not in FIELDS:
                self.problems.append(f"field {shown(name)} is unknown{suggestion(str(name), FIELDS)}")
        text, time, identity = self._question(), self._time(), self._identity()
        options, evidence, category = self._options(), self._evidence(), self._text("category")
        chosen = self._format(options)
        answer, index = self._answer(chosen, options)
        if self.problems:
            return None
        return OwnRow(
            id=identity,
            text=text,
            time=time,
            format=chosen,
            answer=answer,
            answer_index=index,
            options=options,
            category=category,
            evidence=evidence,
            digest=spec_hash(self.given),
        )

    def _question(self) -> str:
        if "question" not in self.given:
            self.problems.append("question is missing; write what is asked")
        return self._text("question") or ""

    def _text(self, name: str) -> str | None:
        value = self.given.get(name)
        if value is None:
            return None
        if not isinstance(value, str):
            self.problems.append(f"{name} {shown(value)} is not text; put it in quotes")
            return None
        if not value.strip():
            self.problems.append(f"{name} is empty; write something, or leave the field out if it is optional")
        return value.strip()

    def _time(self) -> Value:
        if "time" not in self.given:
            self.problems.append("time is missing; give the position at which the question is asked")
            return 0
        value = self.given["time"]
        problem = position_problem("time", value, self.unit)
        if problem is not None:
            self.problems.append(problem)
            return 0
        return self._position(value)

    def _position(self, value: Value) -> Value:
        return value if self.unit == "second" else int(value)

    def _identity(self) -> str | None:
        value = self.given.get("id")
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
        return self._text("id")

    def _options(self) -> tuple[str, ...] | None:
        value = self.given.get("options")
        if value is None:
            return None
        if not isinstance(value, list) or not all(isinstance(option, str) and option.strip() for option in value):
            self.problems.append(f"options {shown(value)} is not a list of texts; write one, without empty ones")
            return None
        options = tuple(option.strip() for option in value)
        if not _FEWEST_OPTIONS <= len(options) <= _MOST_OPTIONS:
            self.problems.append(f"options {shown(value)}: give from {_FEWEST_OPTIONS} to {_MOST_OPTIONS}")
        if len(set(options)) < len(options):
            self.problems.append(f"options {shown(value)}: the same one stands there twice; leave one out")
        return options

    def _evidence(self) -> tuple[Value, Value] | None:
        value = self.given.get("evidence")
        if value is None:
            return None
        if not isinstance(value, list) or len(value) != 2:
            self.problems.append(f"evidence {shown(value)} is not a window; give [start, end]")
            return None
        problems = list(evidence_problems((value[0], value[1]), self.unit))
        self.problems.extend(problems)
        return None if problems else (self._position(value[0]), self._position(value[1]))

    def _format(self, options: tuple[str, ...] | None) -> Format:
        value = self.given.get("format")
        if value is None:
            if "options" in self.given:
                return "choice"
            return natural_format(self.given.get("answer"))
        if value == "proactive":
            self.problems.append(f"format 'proactive': {_BUILT_ONLY['spans']}")
            return "open"
        if value not in FORMATS:
            self.problems.append(f"format {shown(value)} is unknown{suggestion(str(value), FORMATS)}")
            return "open"
        if value == "choice" and "options" not in self.given:
            self.problems.append("format 'choice' has no options; give at least two, or another format")
        if value != "choice" and options is not None:
            self.problems.append(f"options with format {value!r}; leave out one of the two")
        return cast(Format, value)

    def _answer(self, chosen: Format, options: tuple[str, ...] | None) -> tuple[str | None, int | None]:
        value = self.given.get("answer")
        if value is None:
            return None, None
        if chosen == "choice":
            return self._chosen(value, options) if options is not None else (None, None)
        text = self._answer_text(value)
        if text is not None and chosen == "yes_no" and not is_polar(text):
            self.problems.append(f"answer {shown(value)} of format 'yes_no' is neither yes nor no; write one of them")
        if text is not None and chosen == "count" and not text.isdecimal():
            self.problems.append(f"answer {shown(value)} of format 'count' is not a whole number; write digits")
        return text, None

    def _answer_text(self, value: Any) -> str | None:
        if isinstance(value, int | float) and not isinstance(value, bool):
            if abs(value) < float("inf"):
                return shortest(value)
            self.problems.append(f"answer {value} is not a number; write another, or text in quotes")
            return None
        return self._text("answer")

    def _chosen(self, value: Any, options: tuple[str, ...]) -> tuple[str | None, int | None]:
        named = _named_options(value, options)
        if len(named) == 1:
            (index,) = named
            return options[index], index
        what = "names no option" if not named else "names one option by its text and another by its letter or index"
        self.problems.append(
            f"answer {shown(value)} {what}; give the text of one, its letter up to "
            f"{string.ascii_uppercase[min(len(options), _MOST_OPTIONS) - 1]}, or its index from 0 as a number"
        )
        return None, None


def _named_options(value: Any, options: tuple[str, ...]) -> set[int]:
    """Return every option that an answer could mean: by its text, its letter or its index from 0."""
    if isinstance(value, int) and not isinstance(value, bool):
        return {value} & set(range(len(options)))
    if not isinstance(value, str):
        return set()
    text = value.strip()
    named = {index for index, option in enumerate(options) if option == text}
    if len(text) == 1 and text.upper() in string.ascii_uppercase:
        named |= {string.ascii_uppercase.index(text.upper())} & set(range(len(options)))
    if text.isdecimal():
        named |= {int(text)} & set(range(len(options)))
    return named


def _is_unicode(value: Any) -> bool:
    """Say whether all text can be written to a file: JSON can spell half a character."""
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True
