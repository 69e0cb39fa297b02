from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from vstreamqa.build.mini import WorldSettings, make_world
from vstreamqa.build.mini.keyframes import write_keyframes
from vstreamqa.build.mini.video import CAMERAS, write_video
from vstreamqa.errors import MediaError, UserError
from vstreamqa.ids import question_id
from vstreamqa.suites.own import load_own


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("own") / "my.clip.mp4"
    write_video(make_world("train", 1, 0, WorldSettings(length=4)), path, CAMERAS[0])
    return path


def questions(folder: Path, *rows: Any) -> Path:
    path = folder / "questions.json"
    path.write_text(json.dumps(rows))
    return path


def test_a_clip_and_its_questions_make_one_config(clip: Path, tmp_path: Path) -> None:
    path = questions(
        tmp_path,
        {"id": 7, "question": "Which room?", "time": 4, "answer": "garden", "category": "Scene", "evidence": [0, 2.5]},
        {"question": "Which? ", "time": 2.0, "options": ["ant", "bee"], "answer": "B"},
    )
    config = load_own(clip, path)
    assert (config.suite, config.config, config.demo) == ("own", "my.clip", False)
    (stream,) = config.streams
    assert (config.root / stream.media.path).samefile(clip)
    assert (stream.unit, stream.start, stream.end) == ("second", 0, 4)
    first, second = config.questions
    assert (first.question_id, first.answer, first.category, first.evidence) == ("7", "garden", "Scene", (0, 2.5))
    assert second.question_id == question_id("my.clip", 0, 2, "Which?", "bee")
    assert (second.format, second.answer_index, second.options) == ("choice", 1, ("ant", "bee"))


def test_the_hash_depends_on_the_questions_and_on_the_pictures(clip: Path, tmp_path: Path) -> None:
    row = {"question": "Which room?", "time": 1}
    first = load_own(clip, questions(tmp_path, row)).data_hash
    assert load_own(clip, questions(tmp_path, row)).data_hash == first
    assert load_own(clip, questions(tmp_path, {**row, "time": 2})).data_hash != first
    other = tmp_path / clip.name
    write_video(make_world("train", 1, 1, WorldSettings(length=4)), other, CAMERAS[0])
    assert load_own(other, questions(tmp_path, row)).data_hash != first


def test_a_folder_of_keyframes_counts_ranks(tmp_path: Path) -> None:
    folder = tmp_path / "tt0000001"
    folder.mkdir()
    write_keyframes(make_world("train", 1, 2, WorldSettings(length=6, unit="keyframe", shot=3)), folder)
    config = load_own(folder, questions(tmp_path, {"question": "Which room?", "time": 5}))
    assert (config.streams[0].unit, config.streams[0].end, config.config) == ("keyframe", 5, "tt0000001")
    with pytest.raises(UserError, match=r"row 1: time 6 lies beyond the video's end \(5\)"):
        load_own(folder, questions(tmp_path, {"question": "Which room?", "time": 6}))


def test_a_folder_of_frames_takes_a_rate(tmp_path: Path) -> None:
    folder = tmp_path / "frames"
    folder.mkdir()
    for i in range(6):
        Image.fromarray(np.full((16, 16, 3), i * 20, np.uint8)).save(folder / f"{i:03d}.png")
    config = load_own(folder, questions(tmp_path, {"question": "How bright?", "time": 3}), rate=2)
    assert (config.streams[0].unit, config.streams[0].end) == ("second", 3)


def test_the_first_mistake_is_told_and_the_others_are_counted(clip: Path, tmp_path: Path) -> None:
    row = {"question": "Which room?", "time": 1}
    path = questions(tmp_path, row, {**row, "time": 5}, {**row, "time": -1}, "what", row)
    with pytest.raises(UserError) as raised:
        load_own(clip, path)
    message = str(raised.value)
    assert message.startswith(f"{path}: row 2: time 5 lies beyond the video's end (4 s)")
    assert message.endswith("(and 3 more)")
    assert "\n" not in message


def test_two_rows_with_one_id_are_named(clip: Path, tmp_path: Path) -> None:
    rows = [{"id": "x", "question": "Who?", "time": 1}, {"question": "Why?", "time": 0}]
    with pytest.raises(UserError, match=r"row 3: id 'x' is that of row 1 too"):
        load_own(clip, questions(tmp_path, *rows, {"id": "x", "question": "What?", "time": 2}))


def test_a_missing_video_is_named(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match=r"gone\.mp4"):
        load_own(tmp_path / "gone.mp4", questions(tmp_path, {"question": "Who?", "time": 1}))
