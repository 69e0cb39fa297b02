"""What the annotation files of VStream-QA say, whichever of the two layouts says it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any, Literal

from vstreamqa.ids import question_id
from vstreamqa.schema import Value
from vstreamqa.suites.check import shown

CONFIGS = ("rvs-ego", "rvs-movie", "vs-ego", "vs-movie")
Footage = Literal["ego", "movie"]
Layout = Literal["official", "rekv"]

FOLDERS: Mapping[str, str] = {"rvs": "vstream-realtime", "vs": "vstream"}
"""Where the files of each setting are published."""

QUESTIONS: Mapping[str, int] = {"rvs-ego": 1465, "rvs-movie": 1905, "vs-ego": 1465, "vs-movie": 1905}
CLIPS: Mapping[str, int] = {"rvs-ego": 99, "rvs-movie": 22, "vs-ego": 246, "vs-movie": 83}
"""Records of the clip tables. The published card gives RVS-Movie 1000 videos: its clip table has 22."""
REKV_WINDOWS: Mapping[str, int] = {**CLIPS, "vs-ego": 243}
"""Clips that can be told from the questions alone, which is all that the ReKV layout has."""
SOURCES: Mapping[Footage, int] = {"ego": 10, "movie": 22}

ANSWER_TYPES = (
    "Scene Summary",
    "Action Caption",
    "Whether Something Happened(Y/N)",
    "Order Judging(Y/N)",
    "What event order",
)

_KEYFRAME = re.compile(r"shot_(\d+)_img_(\d+)", re.IGNORECASE)
_NUMBER = re.compile(r"\d+(\.\d+)?")


@dataclass(frozen=True, slots=True)
class Mark:
    """A position as annotations state it.

    Attributes:
        number: seconds of an Ego4D video, or a shot of a film.
        image: which keyframe of the shot, where one is named.
    """

    number: Value
    image: int | None = None

    def __str__(self) -> str:
        return str(self.number) if self.image is None else f"shot {self.number}, image {self.image}"


def read_mark(value: Any, footage: Footage) -> Mark:
    """Read a position: a number, a number in quotes or, for films, the name of a keyframe.

    Raises:
        ValueError: it is none, with what it should be.
    """
    if isinstance(value, str):
        keyframe = _KEYFRAME.fullmatch(PurePath(value.strip()).stem)
        if footage == "movie" and keyframe:
            return Mark(int(keyframe[1]), int(keyframe[2]))
        if not _NUMBER.fullmatch(value.strip()):
            wanted = "seconds" if footage == "ego" else "a shot, or a keyframe such as shot_0387_img_0.jpg"
            raise ValueError(f"{shown(value)} is no position; give {wanted}")
        value = float(value)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1e9:
        raise ValueError(f"{shown(value)} is no position; give a number from 0")
    if footage == "movie" and value != int(value):
        raise ValueError(f"{shown(value)} is no shot; give a whole number")
    return Mark(int(value) if value == int(value) else value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Clip:
    """One clip, which is what the original calls a video.

    Attributes:
        clip_id: its name, and that of its media file.
        source: the video or film it was cut from.
        start: where it begins.
        end: where it ends; that shot, or that second, is part of it.
    """

    clip_id: str
    source: str
    start: Mark
    end: Mark


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnotatedQuestion:
    """One question.

    Attributes:
        clip_id: the clip it is asked about.
        source: the video or film the clip was cut from.
        text: what is asked.
        answer: the gold.
        category: one of `ANSWER_TYPES`, or None where a layout does not say.
        start: where the evidence begins.
        end: where it ends, which is when the question is asked.
        frames: how many frames the clip has, where that is said.
        place: file and row.
        digest: hash of the row.
    """

    clip_id: str
    source: str
    text: str
    answer: str
    category: str | None
    start: Mark
    end: Mark
    frames: int | None
    place: str
    digest: str

    @property
    def question_id(self) -> str:
        """The id, equal in both layouts: of films, start and end are shots."""
        return question_id(self.source, self.start.number, self.end.number, self.text, self.answer)


@dataclass(frozen=True, slots=True, kw_only=True)
class Annotations:
    """One config.

    Attributes:
        config: its name.
        layout: which layout it was read from.
        file: name of the file with its questions.
        clips: every clip, in the file's order.
        questions: every question that could be read, in the file's order.
    """

    config: str
    layout: Layout
    file: str
    clips: tuple[Clip, ...]
    questions: tuple[AnnotatedQuestion, ...]


def footage_of(config: str) -> Footage:
    """Return what a config shows."""
    return "ego" if config.endswith("ego") else "movie"
