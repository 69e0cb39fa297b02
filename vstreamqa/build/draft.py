"""A suite before its media are in place: what is asked about what, and how each medium comes to where it is wanted."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from vstreamqa.schema import Question, Stream


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """Work that puts media where a suite wants them; jobs run side by side.

    Attributes:
        name: what it works on, for the progress bar.
        paths: what it makes, relative to the suite's folder.
        key: stands for what it makes them from: with another key they are made again.
        links: the file that its only path is to be a link to, if that is all it does.
        run: is given the suite's folder and those of `paths` that are to be made; gives each its name only once it is
            whole, and raises `UserError` or `MediaError` (which make the streams that need it missing) or `OSError`
            (which ends the build).
    """

    name: str
    paths: tuple[str, ...]
    key: str
    run: Callable[[Path, Sequence[str]], None]
    links: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """One config of a suite.

    Attributes:
        config: its name.
        streams: every stream whose medium is known; the paths of their media are relative to the suite's folder.
        questions: every question, also of streams that are not there.
        expected_questions: how many questions the whole config has.
        expected_streams: how many streams it has.
        rows: question id to the place of its row, for messages.
        absent: stream id to why it is not among `streams`, one line.
        entries: stream id to the least and the most pictures or feature frames its medium may have.
        closed: open questions have one of a few short answers, so that a rule can compare them.
    """

    config: str
    streams: tuple[Stream, ...]
    questions: tuple[Question, ...]
    expected_questions: int
    expected_streams: int
    rows: Mapping[str, str] = field(default_factory=dict)
    absent: Mapping[str, str] = field(default_factory=dict)
    entries: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    closed: bool = False
