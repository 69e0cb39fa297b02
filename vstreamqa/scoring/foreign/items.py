"""What a foreign file holds: its answers as they stand there, and as the records of a run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from vstreamqa.schema import Format, PlanRow, Prediction, Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One answer as a foreign file has it.

    Attributes:
        place: file and row, for messages.
        identity: the question's id; None makes one from the video, the question and the answer.
        video: what was watched: the cluster of statistics.
        text: the question.
        format: what kind of answer it wants.
        answer: text of the gold.
        answer_index: which option it is, of a choice.
        options: of a choice.
        category: what the file groups it by.
        time: position at which it was asked, 0 where the file has none.
        said: the prediction as it stands, None where there is none.
        kept: the columns that are not read.
    """

    place: str
    identity: str | None
    video: str
    text: str
    format: Format
    answer: str
    answer_index: int | None = None
    options: tuple[str, ...] | None = None
    category: str | None = None
    time: Value = 0
    said: str | None
    kept: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreign:
    """A foreign file in the records of a run.

    Attributes:
        layout: how it is laid out.
        suite: name of the suite.
        config: name of its config.
        plan: one row for every answer, in the file's order. Streams are stand-ins: they have a video's name only.
        predictions: one for every row of the plan.
        notes: what was found in the file, a sentence each.
        kept: the columns that are not read, by question id.
    """

    layout: str
    suite: str
    config: str
    plan: list[PlanRow]
    predictions: list[Prediction]
    notes: list[str]
    kept: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The answers of a file, and what is to be said of them."""

    items: Sequence[Item]
    notes: Sequence[str] = ()
    repeatable: bool = True
    """Whether a question may stand there more than once; each occurrence then counts, and has an id of its own."""
    clips: bool = False
    """Whether the videos may be clips of others that the file does not name."""
