from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from footage import Encoding, barcode, regular, remux, write_video
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from safetensors.numpy import save_file

from vstreamqa.errors import MediaError
from vstreamqa.schema import NANOSECONDS, Media
from vstreamqa.video import fingerprint, media_of
from vstreamqa.video.fingerprinting import sample_times


def of(path: Path, rate: float | None = None) -> str:
    return fingerprint(media_of(path, rate), Path("/"), unit="second")


@pytest.fixture(scope="module")
def video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_video(tmp_path_factory.mktemp("video") / "a.mp4", regular(150), Encoding(gop=20))


@pytest.mark.parametrize("suffix", ["mp4", "mov", "mkv", "ts", "flv"])
def test_it_stays_when_the_track_moves_into_another_container(video: Path, tmp_path: Path, suffix: str) -> None:
    copy = remux(video, tmp_path / f"copy.{suffix}")
    assert copy.read_bytes() != video.read_bytes()
    assert of(copy) == of(video)


def test_it_changes_with_the_pictures_the_length_and_the_size(video: Path, tmp_path: Path) -> None:
    others = [
        write_video(tmp_path / "shorter.mp4", regular(149), Encoding(gop=20)),
        write_video(tmp_path / "later.mp4", regular(170)[20:], Encoding(gop=20, options={"crf": "30"})),
        write_video(tmp_path / "larger.mp4", regular(150), Encoding(gop=20, size=(192, 256))),
        write_video(tmp_path / "turned.mp4", regular(150), Encoding(gop=20, rotation=90)),
    ]
    assert len({of(path) for path in [video, *others]}) == 5


@given(st.integers(NANOSECONDS, 10**14), st.integers(-500_000, 500_000))
def test_its_samples_are_few_spread_and_hardly_depend_on_the_duration(end: int, jitter: int) -> None:
    times = sample_times(end)
    assert len(times) <= 17
    assert all(0 < time < end + NANOSECONDS for time in times)
    if end > 20 * NANOSECONDS:
        assert len(times) >= 7
        assert times[-1] > end * 0.8
    if end % NANOSECONDS not in range(600_000_000, 800_000_000) and 20_000_000 < end % NANOSECONDS < 990_000_000:
        assert sample_times(end + jitter) == times


def test_folders_and_arrays_of_the_same_pictures_are_the_same(tmp_path: Path) -> None:
    pictures = np.stack([barcode(number) for number in range(40)])
    np.save(tmp_path / "a.npy", pictures)
    (tmp_path / "frames").mkdir()
    for number, picture in enumerate(pictures):
        Image.fromarray(picture).save(tmp_path / "frames" / f"{number}.png")
    assert of(tmp_path / "frames", 3) == of(tmp_path / "a.npy", 5)
    np.save(tmp_path / "a.npy", pictures[:39])
    assert of(tmp_path / "frames", 3) != of(tmp_path / "a.npy", 5)


def test_features_are_told_apart(tmp_path: Path) -> None:
    values = np.random.default_rng(0).normal(size=(5, 3, 2)).astype(np.float16)
    save_file({"feature": values}, tmp_path / "a.safetensors")
    shutil.copy(tmp_path / "a.safetensors", tmp_path / "b.safetensors")
    save_file({"feature": values + 1}, tmp_path / "c.safetensors")
    assert of(tmp_path / "a.safetensors") == of(tmp_path / "b.safetensors") != of(tmp_path / "c.safetensors")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match="gone"):
        fingerprint(Media(kind="video", path="gone"), tmp_path, unit="second")
