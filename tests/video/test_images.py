from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from vstreamqa.errors import MediaError
from vstreamqa.video.images import ImageFolder


def grey(path: Path, level: int) -> None:
    Image.new("RGB", (8, 6), (level, level, level)).save(path)


def levels(folder: ImageFolder) -> list[int]:
    return [int(folder.pixels(index)[0, 0, 0]) for index in range(len(folder))]


def test_keyframes_come_by_shot_and_image_in_numeric_order(tmp_path: Path) -> None:
    for level, (shot, image) in enumerate([(9, 0), (9, 2), (9, 10), (387, 0), (1000, 1)]):
        grey(tmp_path / f"shot_{shot:04d}_img_{image}.png", level)
    folder = ImageFolder(tmp_path)
    assert folder.by_shot
    assert levels(folder) == [0, 1, 2, 3, 4]


def test_plain_frames_come_in_numeric_order_whatever_the_width_of_their_numbers(tmp_path: Path) -> None:
    for number in (8, 9, 10, 11):
        grey(tmp_path / f"clip2_frame{number}.png", number)
    (tmp_path / "notes.txt").write_text("no picture")
    (tmp_path / ".12.png").write_bytes(b"hidden")
    folder = ImageFolder(tmp_path)
    assert not folder.by_shot
    assert levels(folder) == [8, 9, 10, 11]


@pytest.mark.parametrize(
    ("names", "told"),
    [
        ([], "holds no pictures"),
        (["1.png", "2.png", "4.png"], "frame 3 is missing between 2.png and 4.png"),
        (["01.png", "1.png"], "01.png and 1.png are the same frame"),
        (["shot_0001_img_0.png", "shot_1_img_0.png"], "are the same frame"),
        (["shot_0001_img_0.jpg", "shot_0001_img_0.png"], "are the same frame"),
        (["shot_0001_img_0.png", "cover_1.png"], "mixes keyframes named by shot .*cover_1.png"),
        (["a_1.png", "b_2.png"], "a_1.png and b_2.png belong to two series"),
        (["cover.png"], "cover.png has no number"),
    ],
)
def test_a_folder_whose_order_is_in_doubt_is_refused(tmp_path: Path, names: list[str], told: str) -> None:
    for name in names:
        grey(tmp_path / name, 0)
    with pytest.raises(MediaError, match=told) as caught:
        ImageFolder(tmp_path)
    assert caught.value.path == str(tmp_path)
    assert "\n" not in str(caught.value)


def test_a_picture_stands_upright_as_its_exif_orientation_says(tmp_path: Path) -> None:
    picture = np.zeros((6, 8, 3), np.uint8)
    picture[0, :] = 200
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned clockwise: the stored top row is the right column
    Image.fromarray(picture).save(tmp_path / "1.png", exif=exif)
    folder = ImageFolder(tmp_path)
    pixels = folder.pixels(0)
    assert pixels.shape == (8, 6, 3)
    assert folder.size == (8, 6)
    assert (pixels[:, -1] == 200).all()
    assert (pixels[:, 0] == 0).all()


@pytest.mark.parametrize("mode", ["L", "P", "RGBA", "1", "CMYK"])
def test_every_mode_becomes_rgb(tmp_path: Path, mode: str) -> None:
    suffix = "tif" if mode == "CMYK" else "png"
    Image.new("RGB", (4, 4), (255, 255, 255)).convert(mode).save(tmp_path / f"1.{suffix}")
    pixels = ImageFolder(tmp_path).pixels(0)
    assert pixels.shape == (4, 4, 3)
    assert pixels.dtype == np.uint8
    assert (pixels == 255).all()


def test_sixteen_bits_are_scaled_not_clipped(tmp_path: Path) -> None:
    Image.fromarray(np.full((4, 4), 0x8000, np.uint16)).save(tmp_path / "1.png")
    assert (ImageFolder(tmp_path).pixels(0) == 0x80).all()


def test_a_cut_picture_is_an_error_that_names_it(tmp_path: Path) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (64, 64, 3), dtype=np.uint8)
    Image.fromarray(noise).save(tmp_path / "1.jpg")
    (tmp_path / "1.jpg").write_bytes((tmp_path / "1.jpg").read_bytes()[:900])
    with pytest.raises(MediaError, match=r"1\.jpg: cannot be decoded"):
        ImageFolder(tmp_path).pixels(0)


def test_a_missing_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match="no such file"):
        ImageFolder(tmp_path / "nowhere")
