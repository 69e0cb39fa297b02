"""The official layout: a clip table and a list of questions for each config, in two folders with equal file names."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from vstreamqa.build.findings import Findings
from vstreamqa.build.vstream_qa.jsonfiles import count_field, fields_of, mark_field, name_field, text_field
from vstreamqa.build.vstream_qa.records import FOLDERS, AnnotatedQuestion, Annotations, Clip, Mark, footage_of
from vstreamqa.errors import UserError
from vstreamqa.hashing import spec_hash
from vstreamqa.suites.check import shown
from vstreamqa.suites.jsonlist import read_list

_QUESTIONS = {"ego": "test_qa_ego4d.json", "movie": "test_qa_movienet.json"}


def official_files(config: str, root: Path) -> tuple[Path, Path] | None:
    """Return the clip table and the questions of a config, or None if neither is below a folder.

    Both folders call their questions the same: the clip table beside them tells which they are.

    Raises:
        UserError: one of the two is missing, or both settings' clip tables lie beside the same questions.
    """
    setting, _, footage = config.partition("-")
    for folder in (root / FOLDERS[setting], root):
        clips, questions = folder / f"{setting}_{footage}.json", folder / _QUESTIONS[footage_of(config)]
        if not clips.is_file():
            continue
        if not questions.is_file():
            raise UserError(f"{clips} is there, and {questions} is missing; fetch both")
        if all((folder / f"{other}_{footage}.json").is_file() for other in FOLDERS):
            raise UserError(
                f"{folder}: holds the clip tables of both settings, and {questions.name} can be of one only; keep "
                f"{' and '.join(FOLDERS.values())} apart, as they are published"
            )
        return clips, questions
    return None


def read_official(config: str, files: tuple[Path, Path], findings: Findings) -> Annotations:
    """Read a config from its two files; what cannot be read is noted, row by row.

    Raises:
        UserError: a file cannot be read at all.
    """
    table, questions = files
    clips: dict[str, Clip] = {}
    for number, row in enumerate(read_list(table), 1):
        place = f"{_name(table)}, row {number}"
        try:
            clip = _clip(fields_of(row), config)
        except ValueError as error:
            findings.lack("row", place, f"skipped: {error}")
            continue
        if clip.clip_id in clips:
            findings.lack("row", place, f"skipped: video_id {clip.clip_id!r} stands in an earlier row too")
        clips.setdefault(clip.clip_id, clip)
    asked = []
    for number, row in enumerate(read_list(questions), 1):
        place = f"{_name(questions)}, row {number}"
        try:
            asked.append(_question(fields_of(row), clips, config, place))
        except ValueError as error:
            findings.lack("row", place, f"skipped: {error}")
    return Annotations(
        config=config,
        layout="official",
        file=_name(questions),
        clips=tuple(clips.values()),
        questions=tuple(asked),
    )


def _name(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"


def _clip(row: Mapping[str, Any], config: str) -> Clip:
    footage = footage_of(config)
    start = mark_field(row, footage, "start_time", "start_shot")
    end = mark_field(row, footage, "end_time", "end_shot")
    if end.number < start.number:
        raise ValueError(f"end {end} lies before start {start}")
    return Clip(clip_id=name_field(row, "video_id"), source=name_field(row, "original_video"), start=start, end=end)


def _question(row: Mapping[str, Any], clips: Mapping[str, Clip], config: str, place: str) -> AnnotatedQuestion:
    clip_id = text_field(row, "video_id")
    clip = clips.get(clip_id)
    if clip is None:
        raise ValueError(f"video_id {clip_id!r} stands in no row of the clip table")
    named = row.get("video_name")
    if named is not None and named != clip.source:
        raise ValueError(f"video_name {shown(named)} is not the original_video of clip {clip_id!r}, {clip.source!r}")
    start, end = _window(row, clip, config)
    return AnnotatedQuestion(
        clip_id=clip_id,
        source=clip.source,
        text=text_field(row, "question"),
        answer=text_field(row, "answer"),
        category=None if row.get("answer_type") is None else text_field(row, "answer_type"),
        start=start,
        end=end,
        frames=count_field(row, "duration"),
        place=place,
        digest=spec_hash({"row": dict(row)}),
    )


def _window(row: Mapping[str, Any], clip: Clip, config: str) -> tuple[Mark, Mark]:
    """Return the evidence window: of an offline clip the clip itself, whatever the question's own fields count."""
    if config.startswith("vs-"):
        return clip.start, clip.end
    footage = footage_of(config)
    start, end = mark_field(row, footage, "start_time"), mark_field(row, footage, "end_time")
    if not clip.start.number <= start.number <= end.number <= clip.end.number:
        raise ValueError(
            f"window {start} to {end} does not lie within clip {clip.clip_id!r}, {clip.start} to {clip.end}"
        )
    return start, end
