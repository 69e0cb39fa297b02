"""The ReKV layout: a list of videos, each with its questions; seconds for Ego4D, shots for films.

It has no clip tables, no answer types and no names of clips. Clips are told from the questions: the prefixes that end
where a question is asked, and the windows that questions are about.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from vstreamqa.build.findings import Findings
from vstreamqa.build.vstream_qa.jsonfiles import field, fields_of, mark_field, text_field
from vstreamqa.build.vstream_qa.records import AnnotatedQuestion, Annotations, Clip, Footage, Mark, footage_of
from vstreamqa.errors import UserError
from vstreamqa.hashing import spec_hash
from vstreamqa.suites.check import shown
from vstreamqa.suites.jsonlist import read_list

_EGO4D = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_MOVIENET = re.compile(r"tt\d+")


def rekv_files(root: Path) -> dict[Footage, Path]:
    """Return the files of this layout at any depth of a folder.

    Raises:
        UserError: two of them are about the same footage.
    """
    found: dict[Footage, Path] = {}
    for path in sorted(root.rglob("*.json")):
        footage = _footage(path)
        if footage is None:
            continue
        if footage in found:
            raise UserError(f"{path} and {found[footage]} hold the same questions; keep one of them in {root}")
        found[footage] = path
    return found


def _footage(path: Path) -> Footage | None:
    try:
        rows = read_list(path)
    except UserError:
        return None
    row = rows[0] if rows else None
    if not isinstance(row, dict) or not isinstance(row.get("conversations"), list):
        return None
    # Other suites are published in the same layout, with choices and other videos.
    if any("choices" in one for one in row["conversations"] if isinstance(one, dict)):
        return None
    name = str(row.get("video_id"))
    if _EGO4D.fullmatch(name):
        return "ego"
    return "movie" if _MOVIENET.fullmatch(name) else None


def read_rekv(config: str, path: Path, findings: Findings) -> Annotations:
    """Read a config; what cannot be read is noted, row by row.

    Raises:
        UserError: the file cannot be read at all.
    """
    questions: list[AnnotatedQuestion] = []
    clips: dict[str, Clip] = {}
    for number, item in enumerate(read_list(path), 1):
        try:
            video = fields_of(item)
            source = text_field(video, "video_id")
            rows = field(video, "conversations")
            if not isinstance(rows, list):
                raise ValueError(f"conversations {shown(rows)} is no list of questions")  # noqa: TRY004, TRY301 - as above
        except ValueError as error:
            findings.lack("row", f"{path.name}, video {number}", f"skipped: {error}")
            continue
        for place, row in _places(path, number, rows):
            try:
                question, clip = _question(fields_of(row), video, source, config, place)
            except ValueError as error:
                findings.lack("row", place, f"skipped: {error}")
                continue
            clips.setdefault(clip.clip_id, clip)
            questions.append(question)
    return Annotations(
        config=config, layout="rekv", file=path.name, clips=tuple(clips.values()), questions=tuple(questions)
    )


def _places(path: Path, video: int, rows: list[Any]) -> Iterator[tuple[str, Any]]:
    for number, row in enumerate(rows, 1):
        yield f"{path.name}, video {video}, row {number}", row


def _question(
    row: Mapping[str, Any], video: Mapping[str, Any], source: str, config: str, place: str
) -> tuple[AnnotatedQuestion, Clip]:
    footage = footage_of(config)
    start, end = mark_field(row, footage, "start_time"), mark_field(row, footage, "end_time")
    if end.number < start.number:
        raise ValueError(f"end_time {end} lies before start_time {start}")
    length = video.get("duration")
    if isinstance(length, int | float) and end.number > length + 1:
        raise ValueError(f"end_time {end} lies beyond the video's duration, {length}")
    clip = _clip(video, source, start, end, config)
    if not clip.start.number <= start.number <= end.number <= clip.end.number:
        raise ValueError(f"window {start} to {end} does not lie within the clip, {clip.start} to {clip.end}")
    question = AnnotatedQuestion(
        clip_id=clip.clip_id,
        source=source,
        text=text_field(row, "question"),
        answer=text_field(row, "answer"),
        category=None if row.get("answer_type") is None else text_field(row, "answer_type"),
        start=start,
        end=end,
        frames=None,
        place=place,
        digest=spec_hash({"video": source, "row": dict(row)}),
    )
    return question, clip


def _clip(video: Mapping[str, Any], source: str, start: Mark, end: Mark, config: str) -> Clip:
    """Return the clip a question is about: its window, the prefix that ends with it, or the film's clip."""
    if config.startswith("vs-"):
        return Clip(clip_id=f"{source}_{start.number}_{end.number}", source=source, start=start, end=end)
    if config == "rvs-ego":
        return Clip(clip_id=f"{source}_{end.number}", source=source, start=Mark(0), end=end)
    first, last = mark_field(video, "movie", "clip_start_time"), mark_field(video, "movie", "clip_end_time")
    return Clip(clip_id=source, source=source, start=first, end=last)
