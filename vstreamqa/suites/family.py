"""A family of configs that is built from annotation files and a folder of videos."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from vstreamqa.schema import Question, Value
from vstreamqa.suites.built import BuiltSuite


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One question as annotations ask it, about a video file that is watched from its start.

    Attributes:
        config: the config it belongs to.
        video: the video's name, or its path below the folder of videos.
        question: the question; questions of one `stream_id` are asked in one playback.
        place: file and row, for messages.
        folder: a folder below that of the videos in which the video may lie.
        until: second up to which the stream is watched; None for the question's time.
    """

    config: str
    video: str
    question: Question
    place: str
    folder: str = ""
    until: Value | None = None


@dataclass(frozen=True, slots=True)
class Lack:
    """Something that cannot be asked, or should be there and is not; its config is then not whole.

    Attributes:
        config: the config that lacks it.
        place: file and row.
        text: field, value and remedy, in one line.
    """

    config: str
    place: str
    text: str


Reader = Callable[[Path], Iterator[Asked | Lack]]
"""Reads the annotations below a folder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Family(BuiltSuite):
    """A suite that `vstreamqa build NAME --annotations DIR --videos DIR --out DIR` builds.

    Attributes:
        read: reads the annotations.
        expected: how many questions a config has; without it, as many as are read, if nothing is lacking.
    """

    read: Reader
    expected: Mapping[str, int]
