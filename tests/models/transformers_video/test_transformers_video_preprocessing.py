import json
from pathlib import Path
from typing import Any

import pytest

from vstreamqa.errors import UserError
from vstreamqa.models.transformers_video.preprocessing import Preprocessing, read_preprocessing

COLOUR = {"image_mean": [0.5, 0.4, 0.3], "image_std": [0.2, 0.2, 0.2]}
CLIP = {"size": {"shortest_edge": 336}, "crop_size": {"height": 336, "width": 336}, "do_center_crop": True}
SQUARE = {"size": {"height": 384, "width": 384}}


def read(folder: Path, **files: dict[str, Any]) -> Preprocessing:
    for name, values in files.items():
        (folder / f"{name}.json").write_text(json.dumps(values))
    return read_preprocessing(folder)


def test_a_crop_and_a_square_are_sizes(tmp_path: Path) -> None:
    assert read(tmp_path, preprocessor_config={**COLOUR, **CLIP}).frame() == ((336, 336), "crop")
    assert read(tmp_path, preprocessor_config={**COLOUR, **SQUARE}).frame() == ((384, 384), "stretch")


@pytest.mark.parametrize(
    "size", [{"size": {"shortest_edge": 336}}, {}, {**CLIP, "size": {"shortest_edge": 300}}, {"size": {"height": 3}}]
)
def test_other_sizes_are_refused(tmp_path: Path, size: dict[str, Any]) -> None:
    with pytest.raises(UserError, match=r"preprocessor_config.json: size .* is not supported"):
        read(tmp_path, preprocessor_config={**COLOUR, **size}).frame()


def test_the_file_for_video_comes_first(tmp_path: Path) -> None:
    values = {"image_std": [1, 1, 1]}
    one = read(tmp_path, preprocessor_config={**values, "image_mean": [1, 1, 1]})
    both = {
        "image_processor": {**values, "image_mean": [2, 2, 2]},
        "video_processor": {**values, "image_mean": [3, 3, 3]},
    }
    two = read(tmp_path, processor_config=both)
    three = read(tmp_path, video_preprocessor_config={**values, "image_mean": [4, 4, 4]})
    assert [found.normalisation.mean[0] for found in (one, two, three)] == [1, 3, 4]
    assert three.place.endswith("video_preprocessor_config.json")


def test_a_processor_config_without_a_video_processor_gives_that_of_images(tmp_path: Path) -> None:
    found = read(tmp_path, processor_config={"image_processor": {**COLOUR, **SQUARE}})
    assert found.frame() == ((384, 384), "stretch")


def test_ranges_of_pixels_have_two_spellings(tmp_path: Path) -> None:
    old = read(tmp_path, preprocessor_config={**COLOUR, "min_pixels": 3136, "max_pixels": 12845056})
    new = read(tmp_path, preprocessor_config={**COLOUR, "size": {"shortest_edge": 3136, "longest_edge": 12845056}})
    mixed = read(tmp_path, preprocessor_config={**COLOUR, "size": {"min_pixels": 3136, "max_pixels": 12845056}})
    assert old.size == new.size == mixed.size == {"shortest_edge": 3136, "longest_edge": 12845056}


def test_smolvlm_says_apart_how_large_a_frame_of_a_video_is(tmp_path: Path) -> None:
    sampling = {"fps": 1, "max_frames": 64, "video_size": {"longest_edge": 512}}
    found = read(tmp_path, preprocessor_config={**COLOUR, "size": {"longest_edge": 2048}, "video_sampling": sampling})
    assert found.size == {"longest_edge": 512}


def test_values_are_read(tmp_path: Path) -> None:
    found = read(tmp_path, preprocessor_config={**COLOUR, **SQUARE, "resample": 2, "rescale_factor": 0.5})
    assert (found.filter, found.normalisation.mean, found.normalisation.rescale) == ("bilinear", (0.5, 0.4, 0.3), 0.5)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({**COLOUR, "resample": 5}, "resample is 5"),
        ({**COLOUR, "do_normalize": False}, "do_normalize is false"),
        ({**COLOUR, "image_std": ["x"]}, "not a preprocessor config"),
        ({"image_mean": [0, 0, 0]}, "KeyError: 'image_std'"),
        ({"size": 3}, "with an image_mean; fetch the checkpoint again"),
    ],
)
def test_what_cannot_be_followed_is_refused(tmp_path: Path, values: dict[str, Any], message: str) -> None:
    with pytest.raises(UserError, match=message):
        read(tmp_path, preprocessor_config=values)


def test_a_file_that_is_no_object_is_refused(tmp_path: Path) -> None:
    (tmp_path / "preprocessor_config.json").write_text("[1]")
    with pytest.raises(UserError, match=r"preprocessor_config.json: not a JSON object"):
        read_preprocessing(tmp_path)
