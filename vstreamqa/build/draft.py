"""A suite before its media are in place: what is asked about what, and how each medium comes to where it is wanted."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from vstreamqa.schema import Question, Stream, Value

WORK = ".build"
"""Folder of a suite for what a build keeps for the next one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """Work that puts media where a suite wants them; jobs run side by side.

    Attributes:
        name: what it works on, for the progress bar.
        keys: what it makes, relative to the suite's folder, and for each a text that stands for what it is made from:
            with another key it is made again.
        run: is given the suite's folder and those of the paths that are to be made; gives each its name only once it is
            whole, and raises `UserError` or `MediaError` (which make the streams that need it missing) or `OSError`
            (which ends the build).
        leads_to: says whether what stands at a path is a link to just what it would link to, or to an equal.
        intact: says whether what stands at a path can still be used; links may lead nowhere by now.
    """

    name: str
    keys: Mapping[str, str]
    run: Callable[[Path, Sequence[str]], None]
    leads_to: Callable[[Path], bool] | None = None
    intact: Callable[[Path], bool] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """One config of a suite.

    Attributes:
        config: its name.
        streams: every stream whose medium is known; the paths of their media are relative to the suite's folder.
        questions: every question, also of streams that are not there.
        places: file and row of each question, for messages.
        expected_questions: how many questions the whole config has, None if that is not known.
        expected_streams: how many streams it has, None if that is not known.
        absent: stream id to why it is not among `streams`, one line.
        trimmed: a stream ends with its last question; one that would end beyond its medium is cut short, and only the
            questions beyond are left out.
        entries: stream id to the least and the most pictures or feature frames its medium may have.
        longest: stream id to the seconds its medium may last.
        closed: open questions have one of a few short answers, so that a rule can compare them.
    """

    config: str
    streams: tuple[Stream, ...]
    questions: tuple[Question, ...]
    places: tuple[str, ...]
    expected_questions: int | None
    expected_streams: int | None
    absent: Mapping[str, str] = field(default_factory=dict)
    trimmed: bool = False
    entries: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    longest: Mapping[str, Value] = field(default_factory=dict)
    closed: bool = False
