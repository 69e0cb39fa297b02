"""Everything that is wrong with a built suite is listed at once."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from commands import make_clip, make_questions

from vstreamqa.build.assembling import Target
from vstreamqa.build.mini import WorldSettings, make_world
from vstreamqa.build.mini.keyframes import write_keyframes
from vstreamqa.build.questions import build_questions
from vstreamqa.build.validating import validate
from vstreamqa.errors import UserError
from vstreamqa.suites.form import edition_folder

ROWS = [
    {"video": "a.mp4", "question": "Is it there?", "time": 1, "answer": "Yes"},
    {"video": "b.mp4", "question": "Is it there?", "time": 2, "answer": "Yes"},
    {"video": "film", "question": "Which room?", "time": 4},
]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("built")
    videos = folder / "videos"
    videos.mkdir()
    for name in ("a.mp4", "b.mp4"):
        make_clip(videos, name, seconds=3)
    (videos / "film").mkdir()
    world = make_world("train", 1, 2, WorldSettings(length=5, unit="keyframe", shot=3))
    write_keyframes(world, videos / "film")
    target = Target(suite="mine", out=folder / "out")
    assert build_questions(videos, make_questions(folder, ROWS), target).written
    return folder / "out"


def table(root: Path, name: str) -> Path:
    edition = edition_folder(root)
    assert edition is not None
    return edition / "default" / f"{name}.parquet"


def tear_video(root: Path) -> None:
    content = (root / "media" / "a.mp4").read_bytes()
    (root / "media" / "a.mp4").write_bytes(content[: len(content) // 2])


def other_video(root: Path) -> None:
    (root / "media" / "b.mp4").unlink()
    make_clip(root / "media", "b.mp4", seconds=1)


def spoil_last_keyframe(root: Path) -> None:
    max((root / "media" / "film").iterdir()).write_bytes(b"no picture")


def lose_video(root: Path) -> None:
    (root / "media" / "a.mp4").unlink()


def change_answer(root: Path) -> None:
    path = table(root, "questions")
    rows = pq.read_table(path)
    answers = ["No", *rows["answer"].to_pylist()[1:]]
    pq.write_table(rows.set_column(rows.schema.get_field_index("answer"), rows.field("answer"), [answers]), path)


def late_question(root: Path) -> None:
    path = table(root, "questions")
    rows = pq.read_table(path)
    times = [9.0, *rows["time"].to_pylist()[1:]]
    pq.write_table(rows.set_column(rows.schema.get_field_index("time"), rows.field("time"), [times]), path)


def drop_column(root: Path) -> None:
    path = table(root, "streams")
    pq.write_table(pq.read_table(path).drop_columns(["licence"]), path)


def spoil_tail(root: Path) -> None:
    """Keep all key frames and sizes, and spoil what is coded after the last of them."""
    path = root / "media" / "b.mp4"
    content = bytearray(path.read_bytes())
    at = content.rindex(b"moov") if content.rindex(b"moov") > len(content) // 2 else len(content)
    content[at - 400 : at - 200] = bytes(200)
    path.write_bytes(content)


def forget_config(root: Path) -> None:
    card = root / "README.md"
    card.write_text(card.read_text().replace("config_name: default-streams", "config_name: other-streams"))


def forget_hash(root: Path) -> None:
    index = table(root, "streams").parents[1] / "suite.json"
    content = json.loads(index.read_text())
    content["configs"]["default"]["data_hash"] = None
    content["files"] = {}
    index.write_text(json.dumps(content))


def count_wrong(root: Path) -> None:
    index = table(root, "streams").parents[1] / "suite.json"
    content = json.loads(index.read_text())
    content["configs"]["default"]["questions"] = 4
    index.write_text(json.dumps(content))


def lose_table(root: Path) -> None:
    table(root, "streams").unlink()


def test_a_suite_as_built_has_no_problem(built: Path) -> None:
    validation = validate(built, workers=2)
    assert validation.problems == []
    assert list(validation.lines()) == [
        "mine/default: 3 of 3 questions, 3 of 3 streams (complete)",
        f"{built}: no problem; 3 media read",
    ]


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (tear_video, ["media: media/a.mp4"]),
        (
            other_video,
            ["media: media/b.mp4: does not show what it showed", "ends at 3, beyond the end of media/b.mp4 (1 s)"],
        ),
        (spoil_last_keyframe, ["media: media/film: ", "cannot be decoded"]),
        (lose_video, ["media: media/a.mp4", "no such file"]),
        (change_answer, ["is not the file that was built", "its content is not that of data hash"]),
        (late_question, ["time 9 lies beyond the video's end"]),
        (drop_column, ["column 'licence' is missing, where string is expected"]),
        (lose_table, ["streams.parquet: not there"]),
        (spoil_tail, ["media: media/b.mp4: "]),
        (forget_config, ["config 'default-streams' is not in the card", "config 'other-streams' is in the card"]),
        (forget_hash, ["3 questions, and data hash None"]),
        (count_wrong, ["3 questions on 3 streams where the index has 4 on 3"]),
    ],
)
def test_what_is_wrong_is_named(spoil: Callable[[Path], None], told: list[str], built: Path, tmp_path: Path) -> None:
    root = tmp_path / "out"
    shutil.copytree(built, root)
    spoil(root)
    text = "\n".join(f"{one.kind}: {one.place}: {one.text}" for one in validate(root, workers=2).problems)
    for part in told:
        assert part in text


def test_all_problems_are_listed_at_once(built: Path, tmp_path: Path) -> None:
    root = tmp_path / "out"
    shutil.copytree(built, root)
    for spoil in (tear_video, other_video, spoil_last_keyframe, late_question):
        spoil(root)
    text = "\n".join(f"{one.place}: {one.text}" for one in validate(root, workers=2).problems)
    assert all(part in text for part in ("a.mp4", "b.mp4", "film", "time 9"))


def test_a_folder_without_a_suite_is_a_mistake(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no suite is built there"):
        validate(tmp_path, workers=1)
