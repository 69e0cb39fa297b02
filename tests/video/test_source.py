from __future__ import annotations

import builtins
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from footage import Encoding, barcode, number_in, regular, write_video
from PIL import Image
from safetensors.numpy import save_file

from vstreamqa.errors import MediaError, UserError
from vstreamqa.schema import NANOSECONDS, Media
from vstreamqa.video import media_of, open_frames
from vstreamqa.video.reader import FrameReader
from vstreamqa.video.resize import Resize


@pytest.fixture
def keyframes(tmp_path: Path) -> Path:
    for rank in range(9):
        Image.fromarray(barcode(rank)).save(tmp_path / f"shot_{387 + rank // 3:04d}_img_{rank % 3}.png")
    return tmp_path


@pytest.fixture
def array(tmp_path: Path) -> Path:
    np.save(tmp_path / "a.npy", np.stack([barcode(number) for number in range(10)]))
    return tmp_path / "a.npy"


@pytest.fixture(scope="module")
def video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_video(tmp_path_factory.mktemp("video") / "a.mp4", regular(60))


def places(reader: FrameReader) -> list[tuple[int, int, int]]:
    with reader:
        return [(frame.position, frame.presented, number_in(frame.pixels)) for frame in reader]


def test_keyframes_are_ranks_whatever_the_rate(keyframes: Path) -> None:
    media = Media(kind="frames", path=keyframes.name)
    for fps in (None, 0.5):
        reader = open_frames(media, keyframes.parent, unit="keyframe", fps=fps, start=2, end=4)
        assert places(reader) == [(2, 2, 2), (3, 3, 3), (4, 4, 4)]


def test_a_folder_at_a_rate_is_shown_by_time(tmp_path: Path) -> None:
    for number in range(6):
        Image.fromarray(barcode(number)).save(tmp_path / f"{number + 1}.png")
    reader = open_frames(media_of(tmp_path, rate=2), Path("/"), fps=1.0)
    assert places(reader) == [(k * NANOSECONDS, k * NANOSECONDS, 2 * k) for k in range(3)]


def test_the_origin_moves_positions_and_presentation_times(array: Path) -> None:
    media = Media(kind="array", path=array.name, rate=2, origin=100.25)
    reader = open_frames(media, array.parent, fps=1.0, start=101_000_000_000, end=103_000_000_000)
    assert places(reader) == [
        (101_000_000_000, 100_750_000_000, 1),
        (102_000_000_000, 101_750_000_000, 3),
        (103_000_000_000, 102_750_000_000, 5),
    ]


def test_the_origin_of_a_video_moves_its_frames(video: Path) -> None:
    media = Media(kind="video", path=video.name, origin=10)
    reader = open_frames(media, video.parent, fps=2.0, start=10_500_000_000)
    assert [number for *_, number in places(reader)] == [15, 30, 45]


def test_features_come_instead_of_pixels(tmp_path: Path) -> None:
    values = np.arange(24, dtype=np.float16).reshape(4, 3, 2)
    save_file({"feature": values}, tmp_path / "f.safetensors")
    with open_frames(media_of(tmp_path / "f.safetensors", rate=1), tmp_path, fps=0.5, resize=Resize((8, 8))) as reader:
        frames = list(reader)
    assert [frame.pixels for frame in frames] == [None, None]
    assert all(
        np.array_equal(frame.features, values[2 * k]) for k, frame in enumerate(frames) if frame.features is not None
    )
    assert all(frame.features is not None for frame in frames)


def test_pictures_of_a_folder_are_resized(keyframes: Path) -> None:
    with open_frames(media_of(keyframes), Path("/"), unit="keyframe", fps=None, resize=Resize((24, 24))) as reader:
        assert {frame.pixels.shape for frame in reader if frame.pixels is not None} == {(24, 24, 3)}


@pytest.mark.parametrize(
    ("changes", "settings", "told"),
    [
        ({}, {"fps": None}, "need a frame rate"),
        ({}, {"fps": 0.0}, "positive"),
        ({}, {"fps": 1.0, "unit": "keyframe"}, "counted in seconds"),
        ({}, {"fps": 1.0, "unit": "shot"}, "turn shots into keyframe ranks"),
        ({"origin": 5}, {"fps": 1.0, "start": 4 * NANOSECONDS}, "start 4 lies before its first frame"),
        ({}, {"fps": 1.0, "start": 2, "end": 1}, "lies before start"),
    ],
)
def test_settings_that_contradict_the_media_are_the_users_mistake(
    video: Path, changes: dict[str, Any], settings: dict[str, Any], told: str
) -> None:
    with pytest.raises(UserError, match=told):
        open_frames(Media(kind="video", path=video.name, **changes), video.parent, **settings)


def test_a_start_beyond_the_end_is_the_users_mistake_not_an_empty_stream(video: Path, array: Path) -> None:
    for media in (media_of(video), media_of(array, rate=5)):
        with pytest.raises(UserError, match="start 2 lies at or beyond its end"):
            list(open_frames(media, Path("/"), fps=1.0, start=2 * NANOSECONDS))


def test_an_array_without_a_rate_has_no_times(array: Path) -> None:
    with pytest.raises(UserError, match="give its rate"):
        open_frames(media_of(array), Path("/"), fps=1.0)


def test_keyframes_have_no_times(keyframes: Path) -> None:
    media = Media(kind="frames", path=str(keyframes), rate=3)
    with pytest.raises(UserError, match="use unit 'keyframe'"):
        open_frames(media, Path("/"), fps=1.0)


@pytest.mark.parametrize("kind", ["video", "frames", "array", "features"])
def test_missing_media_are_named_on_opening(tmp_path: Path, kind: Any) -> None:
    with pytest.raises(MediaError, match="gone: no such file or folder"):
        open_frames(Media(kind=kind, path="gone", rate=1), tmp_path, fps=1.0)


def test_media_are_told_by_their_looks(keyframes: Path, array: Path, video: Path) -> None:
    array.rename(keyframes.parent / "moved.npy")
    assert media_of(keyframes) == Media(kind="frames", path=str(keyframes))
    assert media_of(keyframes.parent / "moved.npy", rate=2).kind == "array"
    assert media_of(video) == Media(kind="video", path=str(video))


def test_a_rate_is_asked_for_where_it_is_needed_and_only_there(keyframes: Path, video: Path, tmp_path: Path) -> None:
    folder = tmp_path / "plain"
    folder.mkdir()
    Image.fromarray(barcode(0)).save(folder / "0.png")
    for path, rate in ((keyframes, 1.0), (video, 30.0), (folder, None)):
        with pytest.raises(UserError, match="give"):
            media_of(path, rate)
    assert media_of(folder, 4).rate == 4
    with pytest.raises(MediaError, match="no such"):
        media_of(tmp_path / "gone")


def test_reading_says_how_long_it_worked(video: Path) -> None:
    with open_frames(media_of(video), Path("/"), fps=10.0) as reader:
        assert reader.decode_ns == 0
        list(reader)
        assert reader.decode_ns > 0


def test_a_reader_that_is_let_go_leaves_no_thread_behind(video: Path) -> None:
    reader = open_frames(media_of(video), Path("/"), fps=30.0, prefetch=1)
    next(reader)
    background = reader._background
    del reader
    with pytest.raises(StopIteration):
        background.get()


def test_a_missing_second_reader_is_named_with_its_remedy(video: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    original = builtins.__import__

    def without(name: str, *rest: Any, **settings: Any) -> Any:
        if name == "decord":
            raise ImportError(name)
        return original(name, *rest, **settings)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(UserError, match=r"vstreamqa\[decord\]"):
        open_frames(media_of(video), Path("/"), fps=1.0, reader="decord")


@pytest.mark.parametrize("imported", ["vstreamqa.video", "vstreamqa.video.resize", "vstreamqa.video.source"])
def test_importing_the_package_loads_no_reader(imported: str) -> None:
    code = f"import sys, {imported}; print([name for name in ('av', 'torch', 'decord') if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_grid_faster_than_the_file_shows_frames_again(tmp_path: Path) -> None:
    path = write_video(tmp_path / "a.mp4", regular(5, fps=5), Encoding(fps=5))
    read = places(open_frames(media_of(path), Path("/"), fps=10.0))
    assert [number for *_, number in read] == [0, 0, 1, 1, 2, 2, 3, 3, 4, 4]


def test_a_path_alone_is_enough(tmp_path: Path) -> None:
    path = write_video(tmp_path / "a.mp4", regular(60))
    with open_frames(path, fps=2.0) as frames:
        assert [number_in(frame.pixels) for frame in frames] == [0, 15, 30, 45]
    folder = tmp_path / "shots"
    folder.mkdir()
    for name in ("shot_0001_img_0.jpg", "shot_0001_img_1.jpg"):
        Image.fromarray(barcode(7)).save(folder / name)
    with open_frames(folder) as frames:
        assert [frame.position for frame in frames] == [0, 1], "keyframes are counted"
