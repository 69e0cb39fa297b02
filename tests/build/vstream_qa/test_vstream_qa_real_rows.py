"""Real rows of VStream-QA in the ReKV layout, and the same rows written in the official one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from annotations import annotations_folder
from downloads import write

from vstreamqa.build.findings import Findings
from vstreamqa.build.vstream_qa.annotations import read_annotations
from vstreamqa.build.vstream_qa.records import Annotations, footage_of
from vstreamqa.ids import question_id
from vstreamqa.suites.formats import natural_format

QUESTIONS = {"rvs-ego": 88, "vs-ego": 88, "rvs-movie": 129, "vs-movie": 129}
CLIPS = {"rvs-ego": 9, "vs-ego": 15, "rvs-movie": 3, "vs-movie": 8}


@pytest.fixture(scope="module")
def folder() -> Path:
    return annotations_folder("vstreamqa")


def read(root: Path) -> dict[str, Annotations]:
    return {one.config: one for one in read_annotations(root, Findings())}


def test_real_rows_are_read_whole(folder: Path, record_property: Any) -> None:
    found = read(folder)
    assert {config: len(one.questions) for config, one in found.items()} == QUESTIONS
    assert {config: len(one.clips) for config, one in found.items()} == CLIPS
    rows = sum(QUESTIONS.values())
    record_property("rows", rows)
    print(f"{rows} questions of four configs read from real rows")  # noqa: T201 - said, as asked
    for one in found.values():
        assert len({question.question_id for question in one.questions}) == len(one.questions)
        polar = sum(natural_format(question.answer) == "yes_no" for question in one.questions)
        assert polar == sum(q.answer.rstrip(".").lower() in ("yes", "no") for q in one.questions) > 30


def test_times_and_ids_are_those_of_the_rows(folder: Path) -> None:
    found = read(folder)
    for name, config in (("rvs_ego", "rvs-ego"), ("rvs_movie", "rvs-movie")):
        videos = json.loads((folder / f"{name}.rekv.json").read_text())
        rows = [(video["video_id"], row) for video in videos for row in video["conversations"]]
        for question, (source, row) in zip(found[config].questions, rows, strict=True):
            assert (question.source, question.text) == (source, row["question"].strip())
            assert (question.start.number, question.end.number) == (row["start_time"], row["end_time"])
            assert question.question_id == question_id(
                source, row["start_time"], row["end_time"], row["question"], row["answer"]
            )


def test_the_same_rows_in_the_official_layout_have_the_same_ids(folder: Path, tmp_path: Path) -> None:
    rekv = read(folder)
    for config, one in rekv.items():
        write_as_official(tmp_path, config, one)
    official = read(tmp_path)
    for config, one in rekv.items():
        assert official[config].layout == "official"
        assert [q.question_id for q in official[config].questions] == [q.question_id for q in one.questions]


def write_as_official(root: Path, config: str, one: Annotations) -> None:
    movie = footage_of(config) == "movie"
    folder = root / ("vstream-realtime" if config.startswith("rvs") else "vstream")
    names = {clip.clip_id: f"{number:06d}" for number, clip in enumerate(one.clips)}
    start, end = ("start_shot", "end_shot") if movie else ("start_time", "end_time")
    clips = [
        {"video_id": names[c.clip_id], "original_video": c.source, start: c.start.number, end: c.end.number}
        for c in one.clips
    ]
    write(folder / f"{config.replace('-', '_')}.json", clips)
    rows = []
    for question in one.questions:
        row: dict[str, Any] = {"video_id": names[question.clip_id], "video_name": question.source}
        row |= {"question": question.text, "answer": question.answer, "answer_type": "Scene Summary", "duration": 9}
        if config.startswith("rvs"):
            first, last = int(question.start.number), int(question.end.number)
            keyframes: dict[str, Any] = {
                "start_time": f"shot_{first:04d}_img_0.jpg",
                "end_time": f"shot_{last:04d}_img_2.jpg",
            }
            row |= keyframes if movie else {"start_time": first, "end_time": last}
        rows.append(row)
    write(folder / f"test_qa_{'movienet' if movie else 'ego4d'}.json", rows)
