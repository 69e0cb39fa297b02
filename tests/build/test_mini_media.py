from __future__ import annotations

import re
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from av.video.frame import PictureType
from PIL import Image

from vstreamqa.build.mini import SECOND, WorldSettings, make_world, render
from vstreamqa.build.mini.keyframes import write_keyframes
from vstreamqa.build.mini.video import CAMERAS, Camera, write_video

WORLD = make_world("train", 2, 7, WorldSettings(length=13, size=96))
MOVIE = make_world("train", 2, 8, WorldSettings(length=8, unit="keyframe", size=96, shot=3))


def frames(path: Path) -> list[av.VideoFrame]:
    with av.open(str(path)) as container:
        return list(container.decode(video=0))


@pytest.mark.parametrize("camera", CAMERAS)
def test_a_video_shows_the_world_at_its_times_until_the_end(camera: Camera, tmp_path: Path) -> None:
    path = tmp_path / "v.mp4"
    write_video(WORLD, path, camera)
    shown = frames(path)
    times = [Fraction(str(frame.pts)) * frame.time_base for frame in shown if frame.pts and frame.time_base]
    assert [0, *times] == [tick / camera.rate for tick in camera.ticks(WORLD)]
    assert times[-1] + 1 / camera.rate >= 13
    for frame, time in list(zip(shown[1:], times, strict=True))[::9]:
        taken = render(WORLD, int(time * SECOND)).astype(int)
        assert np.abs(frame.to_ndarray(format="rgb24") - taken).mean() < 6


def test_a_video_has_the_awkward_parts_of_a_real_one(tmp_path: Path) -> None:
    path = tmp_path / "v.mp4"
    write_video(WORLD, path, CAMERAS[0])
    shown = frames(path)
    assert {PictureType.I, PictureType.P, PictureType.B} == {frame.pict_type for frame in shown}
    assert sum(frame.key_frame for frame in shown) > 1
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        assert (stream.codec_context.name, stream.codec_context.pix_fmt) == ("h264", "yuv420p")
        decoded_late = [packet.pts for packet in container.demux(stream) if packet.pts is not None]
    assert decoded_late != sorted(decoded_late)


def test_a_camera_that_drops_frames_never_drops_two_in_a_row() -> None:
    camera = next(camera for camera in CAMERAS if camera.drops)
    ticks = camera.ticks(make_world("train", 0, 0, WorldSettings(length=60)))
    assert set(np.diff(ticks)) == {1, 2}
    assert ticks[0] == 0
    assert ticks[-1] == 60 * camera.rate - 1


def test_equal_worlds_have_equal_pictures_and_others_do_not(tmp_path: Path) -> None:
    paths = [tmp_path / f"{i}.mp4" for i in range(3)]
    for path, index in zip(paths, (3, 3, 4), strict=True):
        write_video(make_world("train", 2, index, WorldSettings(length=4)), path, CAMERAS[0])
    first, again, other = ([(frame.pts, frame.to_ndarray().tobytes()) for frame in frames(path)] for path in paths)
    assert first == again != other


def test_keyframes_are_named_by_shot_and_show_the_world(tmp_path: Path) -> None:
    folder = tmp_path / "movie"
    folder.mkdir()
    write_keyframes(MOVIE, folder)
    names = sorted(path.name for path in folder.iterdir())
    parts = [re.fullmatch(r"shot_(\d{4})_img_(\d)\.jpg", name) for name in names]
    numbers = [(int(part[1]), int(part[2])) for part in parts if part is not None]
    first = numbers[0][0]
    assert first > 0
    assert numbers == [(first + rank // 3, rank % 3) for rank in range(8)]
    for rank, name in enumerate(names):
        with Image.open(folder / name) as image:
            assert np.abs(np.asarray(image).astype(int) - render(MOVIE, rank * SECOND)).mean() < 6
