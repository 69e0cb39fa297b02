"""From the positions that annotations state to seconds, shots and ranks."""

from __future__ import annotations

from typing import Any

import pytest

from vstreamqa.build.vstream_qa.keyframes import Keyframes
from vstreamqa.build.vstream_qa.records import Footage, Mark, read_mark

NAMES = [f"shot_{shot:04d}_img_{image}.jpg" for shot, images in ((7, 3), (8, 1), (9, 4)) for image in range(images)]


@pytest.mark.parametrize(
    ("value", "footage", "mark"),
    [
        (540, "ego", Mark(540)),
        (540.0, "ego", Mark(540)),
        (540.5, "ego", Mark(540.5)),
        ("540", "ego", Mark(540)),
        ("12.25", "ego", Mark(12.25)),
        (387, "movie", Mark(387)),
        ("387", "movie", Mark(387)),
        ("shot_0387_img_0.jpg", "movie", Mark(387, 0)),
        ("movienet_frames/000001/shot_0472_img_2.jpg", "movie", Mark(472, 2)),
        ("shot_0472_img_2", "movie", Mark(472, 2)),
    ],
)
def test_every_form_of_a_position_is_read(value: Any, footage: Footage, mark: Mark) -> None:
    assert read_mark(value, footage) == mark


@pytest.mark.parametrize(
    ("value", "footage", "message"),
    [
        (-1, "ego", "-1 is no position"),
        (True, "ego", "True is no position"),
        (float("nan"), "ego", "nan is no position"),
        (None, "ego", "None is no position"),
        ("00:09:00", "ego", "give seconds"),
        ("shot_0387_img_0.jpg", "ego", "give seconds"),
        ("shot_0387", "movie", "a shot, or a keyframe such as"),
        (3.5, "movie", "3.5 is no shot"),
    ],
)
def test_what_is_no_position_is_refused(value: Any, footage: Footage, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        read_mark(value, footage)


def test_keyframes_are_ordered_by_number_and_other_files_are_none() -> None:
    shuffled = ["shot_0010_img_0.jpg", "shot_9_img_0.jpg", "notes.txt", "cover.jpg", "shot_0009_img_10.jpg"]
    names = Keyframes(shuffled).names
    assert names == ("shot_9_img_0.jpg", "shot_0009_img_10.jpg", "shot_0010_img_0.jpg")


def test_the_end_of_a_shot_is_its_last_keyframe_and_its_start_the_first() -> None:
    keyframes = Keyframes(reversed(NAMES))
    assert [keyframes.first_rank(Mark(shot)) for shot in (7, 8, 9)] == [0, 3, 4]
    assert [keyframes.last_rank(Mark(shot)) for shot in (7, 8, 9)] == [2, 3, 7]
    assert keyframes.last_rank(Mark(9, 1)) == keyframes.first_rank(Mark(9, 1)) == 5


def test_ranks_count_from_the_clips_first_keyframe() -> None:
    clip = Keyframes(NAMES).between(Mark(8), Mark(9, 2))
    assert clip.names == tuple(NAMES[3:7])
    assert (clip.first_rank(Mark(8)), clip.last_rank(Mark(9))) == (0, 3)


@pytest.mark.parametrize("mark", [Mark(6), Mark(10), Mark(8, 1), Mark(7, 3)])
def test_a_position_without_a_keyframe_is_no_rank(mark: Mark) -> None:
    for rank in (Keyframes(NAMES).first_rank, Keyframes(NAMES).last_rank):
        with pytest.raises(ValueError, match="there is no keyframe of shot"):
            rank(mark)


def test_missing_shots_are_named_and_doubles_are_refused() -> None:
    assert Keyframes([name for name in NAMES if "0008" not in name]).missing_shots(Mark(7), Mark(10)) == [8, 10]
    with pytest.raises(ValueError, match=r"shot_0007_img_0.jpg and shot_7_img_0.png are the same keyframe"):
        Keyframes([*NAMES, "shot_7_img_0.png"])
