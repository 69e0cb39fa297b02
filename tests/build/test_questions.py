"""Any folder of videos and a file of questions becomes a suite."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import datasets
import numpy as np
import pytest
from commands import make_clip, make_questions

from vstreamqa import load_suite
from vstreamqa.build.assembling import BuildReport, Target
from vstreamqa.build.mini import WorldSettings, make_world
from vstreamqa.build.mini.keyframes import write_keyframes
from vstreamqa.build.questions import build_questions
from vstreamqa.errors import UserError

Rows = Sequence[Mapping[str, Any]]


@pytest.fixture(scope="module")
def videos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("videos")
    (root / "street").mkdir()
    make_clip(root, "hall.mp4", seconds=3)
    make_clip(root / "street", "night.mkv", seconds=2)
    film = root / "film"
    film.mkdir()
    write_keyframes(make_world("train", 1, 2, WorldSettings(length=6, unit="keyframe", shot=3)), film)
    np.save(root / "frames.npy", np.zeros((4, 8, 8, 3), np.uint8))
    return root


def build(
    tmp_path: Path, videos: Path, rows: Rows, *, name: str = "mine", partial: bool = False, rate: float | None = None
) -> BuildReport:
    target = Target(suite=name, out=tmp_path / "out", allow_missing=partial)
    return build_questions(videos, make_questions(tmp_path, rows), target, rate=rate)


GOOD: Rows = (
    {"video": "hall.mp4", "question": "Is it dark?", "time": 1, "answer": "No", "evidence": [0, 1]},
    {"video": "night", "question": "What is there?", "time": 2, "options": ["a cat", "a dog"], "answer": "B"},
    {"video": "street/night.mkv", "question": "How many?", "time": 1.5, "answer": 2, "format": "count"},
    {"video": "film", "question": "Which room?", "time": 5},
)


def test_the_suite_loads_by_its_name_with_every_field(videos: Path, tmp_path: Path) -> None:
    report = build(tmp_path, videos, GOOD)
    assert report.written
    assert [one.place for one in report.findings] == []
    config = load_suite("mine/default", data=tmp_path / "out")
    assert {s.stream_id: (s.unit, s.end) for s in config.streams} == {
        "hall": ("second", 3), "street/night": ("second", 2), "film": ("keyframe", 5)
    }  # fmt: skip
    assert [(q.stream_id, q.format, q.answer) for q in config.questions] == [
        ("hall", "yes_no", "No"),
        ("street/night", "choice", "a dog"),
        ("street/night", "count", "2"),
        ("film", "open", None),
    ]
    assert config.questions[0].evidence == (0, 1)
    assert load_suite("mine", data=tmp_path / "out").data_hash == config.data_hash
    table = datasets.load_dataset(str(tmp_path / "out"), "default", split="test", cache_dir=str(tmp_path / "cache"))
    assert table["video"] == ["media/hall.mp4", "media/street/night.mkv", "media/street/night.mkv", "media/film"]


def test_the_data_hash_is_that_of_the_content_wherever_it_lies(videos: Path, tmp_path: Path) -> None:
    hashes = set()
    for number in range(2):
        folder = tmp_path / str(number)
        folder.mkdir()
        build(folder, videos, GOOD)
        hashes.add(load_suite("mine", data=folder / "out").data_hash)
    assert len(hashes) == 1
    other = tmp_path / "other"
    other.mkdir()
    build(other, videos, [*GOOD[:3], {**GOOD[3], "time": 4}])
    assert load_suite("mine", data=other / "out").data_hash not in hashes


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"video": "hall.mp4", "question": "Is it?", "time": 4}, "time 4 lies beyond the video's end"),
        ({"video": "hal.mp4", "question": "Is it?", "time": 1}, "video 'hal.mp4': nothing of that name below"),
        ({"video": "../hall.mp4", "question": "Is it?", "time": 1}, "nothing of that name below"),
        ({"video": 3, "question": "Is it?", "time": 1}, "video 3 is not a name"),
        ({"question": "Is it?", "time": 1}, "video is missing, and .* holds 2 videos; name one"),
        ({"video": "hall", "question": "Is it?"}, "time is missing"),
        ({"video": "hall", "question": "Is it?", "time": 1, "sound": 1}, "field 'sound' is unknown"),
        ({"video": "film", "question": "Is it?", "time": 0.5}, "time 0.5 is not a rank"),
        ({"video": "frames.npy", "question": "Is it?", "time": 0.5}, "give --rate"),
    ],
)
def test_a_bad_row_is_named_and_left_out_only_on_request(
    row: Mapping[str, Any], message: str, videos: Path, tmp_path: Path
) -> None:
    refused = build(tmp_path, videos, [*GOOD, row])
    assert not refused.written
    told = next(one for one in refused.findings if one.place == "questions.json, row 5")
    assert re.search(message, told.text)
    assert told.text.startswith("skipped: ")
    report = json.loads((tmp_path / "out" / "build-report.json").read_text())
    assert any(re.search(message, one["text"]) for one in report["findings"])
    assert build(tmp_path, videos, [*GOOD, row], partial=True).written
    shortfall = load_suite("mine", data=tmp_path / "out").shortfall
    assert shortfall is not None
    assert shortfall.startswith("partial: 4 of 5 questions")


def test_equal_ids_are_told_and_the_first_is_kept(videos: Path, tmp_path: Path) -> None:
    rows = [{**GOOD[0], "id": "a"}, {**GOOD[1], "id": "a"}]
    refused = build(tmp_path, videos, rows)
    assert any("id 'a' is that of questions.json, row 1 too" in one.text for one in refused.findings)


def test_one_video_needs_no_name(tmp_path: Path) -> None:
    folder = tmp_path / "one"
    folder.mkdir()
    make_clip(folder, "hall.mp4", seconds=2)
    assert build(tmp_path, folder, [{"question": "Is it dark?", "time": 1}]).written


@pytest.mark.parametrize(
    ("name", "message"),
    [("mini", "is the name of a suite that vstreamqa knows"), ("a/b", "letters, digits, dots, dashes")],
)
def test_a_name_that_cannot_be_is_refused(name: str, message: str, videos: Path, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=message):
        build(tmp_path, videos, GOOD, name=name)


def test_a_folder_that_holds_something_else_is_left_alone(videos: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "thesis.txt").write_text("mine")
    with pytest.raises(UserError, match="is not empty, and no suite was built there"):
        build(tmp_path, videos, GOOD)
    assert [path.name for path in out.iterdir()] == ["thesis.txt"]
    (out / "thesis.txt").unlink()
    build(tmp_path, videos, GOOD)
    with pytest.raises(UserError, match="holds the suite 'mine'; name another --out for 'other'"):
        build(tmp_path, videos, GOOD, name="other")


def test_a_rate_is_for_what_has_no_times_and_leaves_videos_and_keyframes_alone(videos: Path, tmp_path: Path) -> None:
    rows = [*GOOD, {"video": "frames.npy", "question": "Is it dark?", "time": 1.5}]
    assert build(tmp_path, videos, rows, rate=2).written
    config = load_suite("mine", data=tmp_path / "out")
    assert {s.stream_id: (s.media.rate, s.end) for s in config.streams}["frames"] == (2, 2)
    with pytest.raises(UserError, match="--rate 0: must be above 0"):
        build(tmp_path, videos, rows, rate=0)


def test_a_path_is_never_taken_for_another_of_the_same_name(videos: Path, tmp_path: Path) -> None:
    for name in ("day/night.mkv", "day/night", "town/street/night.mkv"):
        refused = build(tmp_path, videos, [{**GOOD[1], "video": name}])
        assert any("nothing of that name below" in one.text for one in refused.findings), name
    assert build(tmp_path, videos, [{**GOOD[1], "video": "street/night"}]).written


def test_folders_of_one_name_are_told_apart_by_their_path_and_suffixes_may_be_large(tmp_path: Path) -> None:
    folder = tmp_path / "videos"
    world = make_world("train", 1, 2, WorldSettings(length=6, unit="keyframe", shot=3))
    for name in ("a/frames", "b/frames"):
        (folder / name).mkdir(parents=True)
        write_keyframes(world, folder / name)
    make_clip(folder, "loud.MP4", seconds=2)
    rows = [{"video": name, "question": "What?", "time": 1} for name in ("a/frames", "b/frames", "loud")]
    assert build(tmp_path, folder, rows).written
    (tmp_path / "other").mkdir()
    refused = build(tmp_path / "other", folder, [{"video": "frames", "question": "What?", "time": 1}])
    assert any("frames is there more than once (a/frames and b/frames)" in one.text for one in refused.findings)


def test_what_was_built_below_the_videos_is_no_video(tmp_path: Path) -> None:
    make_clip(tmp_path, "hall.mp4", seconds=2)
    for _ in range(2):
        assert build(tmp_path, tmp_path, [{"question": "Is it dark?", "time": 1}]).written


def test_links_that_lead_round_in_circles_are_followed_once(tmp_path: Path) -> None:
    folder = tmp_path / "videos"
    make_clip(folder, "hall.mp4", seconds=2)
    for name in ("one", "two"):
        (folder / name).symlink_to(folder)
    assert build(tmp_path, folder, [{"question": "Is it dark?", "time": 1}]).written


def test_nothing_is_ever_written_into_the_folders_of_the_user(tmp_path: Path) -> None:
    world = make_world("train", 1, 2, WorldSettings(length=6, unit="keyframe", shot=3))
    first, second = tmp_path / "first", tmp_path / "second"
    (first / "film").mkdir(parents=True)
    write_keyframes(world, first / "film")
    make_clip(second / "film", "clip.mp4", seconds=2)
    before = {path: path.read_bytes() for path in (first / "film").iterdir()}
    build(tmp_path, first, [{"video": "film", "question": "Which room?", "time": 1}])
    build(tmp_path, second, [{"video": "film/clip.mp4", "question": "Which room?", "time": 1}], partial=True)
    assert {path: path.read_bytes() for path in (first / "film").iterdir()} == before


def test_the_faults_of_a_row_are_told_even_where_its_video_is_not_there(videos: Path, tmp_path: Path) -> None:
    told = [one.text for one in build(tmp_path, videos, [{"video": "gone", "time": "soon"}]).findings]
    assert any("'gone': nothing of that name" in text for text in told)
    assert any("question is missing" in text for text in told)
    assert any("time 'soon' is not a number" in text for text in told)


def test_a_suite_in_a_folder_of_another_name_is_found_by_its_own(videos: Path, tmp_path: Path) -> None:
    build_questions(videos, make_questions(tmp_path, GOOD), Target(suite="mine", out=tmp_path / "data" / "x"))
    assert load_suite("mine", data=tmp_path / "data").suite == "mine"
    build_questions(videos, make_questions(tmp_path, GOOD), Target(suite="mine", out=tmp_path / "data" / "y"))
    with pytest.raises(UserError, match=r"suite 'mine' is built more than once .*name one of them with --data"):
        load_suite("mine", data=tmp_path / "data")
    assert load_suite("mine", data=tmp_path / "data" / "y").suite == "mine"


@pytest.mark.parametrize("name", [".build", "data", "media"])
def test_a_folder_of_the_suite_that_is_a_link_is_refused_and_nothing_behind_it_is_touched(
    name: str, videos: Path, tmp_path: Path
) -> None:
    outside = tmp_path / "outside"
    for inner in ("abcdefabcdef/precious", ".x-building-9"):
        (outside / inner).mkdir(parents=True)
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / name).symlink_to(outside)
    with pytest.raises(UserError, match="is a link; remove it"):
        build(tmp_path, videos, GOOD)
    assert sorted(path.relative_to(outside).as_posix() for path in outside.rglob("*")) == [
        ".x-building-9",
        "abcdefabcdef",
        "abcdefabcdef/precious",
    ]


def test_a_refused_build_leaves_the_media_of_the_standing_suite_alone(tmp_path: Path) -> None:
    folder = tmp_path / "videos"
    (folder / "film").mkdir(parents=True)
    write_keyframes(make_world("train", 1, 2, WorldSettings(length=6, unit="keyframe", shot=3)), folder / "film")
    row = {"video": "film", "question": "Which room?", "time": 1}
    assert build(tmp_path, folder, [row]).written
    before = sorted(path.name for path in (tmp_path / "out" / "media" / "film").iterdir())
    shot = min((folder / "film").iterdir())
    (folder / "film" / shot.name.replace("img_0", "img_9")).write_bytes(shot.read_bytes())
    with pytest.raises(UserError, match="it was made from something else than media/film; build into another --out"):
        build(tmp_path, folder, [row, {"video": "gone", "question": "?", "time": 1}])
    assert sorted(path.name for path in (tmp_path / "out" / "media" / "film").iterdir()) == before


def test_folders_that_are_touched_or_whose_ledger_is_lost_still_stand(tmp_path: Path) -> None:
    folder = tmp_path / "videos"
    (folder / "film").mkdir(parents=True)
    write_keyframes(make_world("train", 1, 2, WorldSettings(length=6, unit="keyframe", shot=3)), folder / "film")
    row = {"video": "film", "question": "Which room?", "time": 1}
    assert build(tmp_path, folder, [row]).written
    changes: list[Callable[[], object]] = [
        (tmp_path / "out" / ".build" / "made.jsonl").unlink,
        min((folder / "film").iterdir()).touch,
    ]
    for change in changes:
        change()
        assert build(tmp_path, folder, [row]).written


def test_a_link_to_itself_is_no_video(videos: Path, tmp_path: Path) -> None:
    folder = tmp_path / "videos"
    make_clip(folder, "hall.mp4", seconds=2)
    (folder / "self").symlink_to("self")
    assert build(tmp_path, folder, [{"video": "hall", "question": "Is it dark?", "time": 1}]).written


@pytest.mark.parametrize("content", [b"\xff\xfe", b"---\nconfigs: [\n---\n", None])
def test_a_suite_without_its_card_is_damaged_and_built_again(
    content: bytes | None, videos: Path, tmp_path: Path
) -> None:
    from vstreamqa.suites.describe import describe_suites

    build(tmp_path, videos, GOOD)
    card = tmp_path / "out" / "README.md"
    card.unlink()
    if content is not None:
        card.write_bytes(content)
    assert any("README.md: damaged, or not there" in line for line in describe_suites(tmp_path / "out").values())
    with pytest.raises(UserError, match=r"README.md: damaged, or not there; build the suite again"):
        load_suite("mine", data=tmp_path / "out")
    assert build(tmp_path, videos, GOOD).written
    assert load_suite("mine", data=tmp_path / "out").shortfall is None
