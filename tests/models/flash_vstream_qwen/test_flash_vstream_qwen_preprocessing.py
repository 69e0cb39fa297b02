import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from transformers.models.qwen2_vl.image_processing_pil_qwen2_vl import Qwen2VLImageProcessorPil

from vstreamqa.errors import UserError, VStreamQAError
from vstreamqa.models.flash_vstream_qwen.preprocessing import (
    Preprocessing,
    patch_rows,
    pooled_frames,
    read_preprocessing,
    resized,
    sampled_frames,
    smart_size,
)

EVALUATION = 4 * 224 * 224


@pytest.mark.parametrize(
    ("source", "sizes"),
    [
        ((1080, 1920), ((336, 588), (336, 560))),
        ((480, 640), ((364, 504), (336, 504))),
        ((1080, 1080), ((448, 448), (448, 448))),
        ((270, 480), ((280, 476), (280, 448))),
        ((1920, 1080), ((588, 336), (560, 336))),
        ((20, 20), ((336, 336), (336, 336))),
    ],
)
def test_a_frame_is_resized_twice(source: tuple[int, int], sizes: tuple[tuple[int, int], ...]) -> None:
    assert Preprocessing().sizes(source, EVALUATION) == sizes


@given(height=st.integers(10, 3000), width=st.integers(10, 3000), most=st.integers(28 * 28, 10**6))
def test_the_tower_gets_sides_that_merge_after_pooling(height: int, width: int, most: int) -> None:
    if max(height, width) > 200 * min(height, width):
        return
    first, second = Preprocessing().sizes((height, width), most)
    assert all(side % 28 == 0 and side > 0 for side in first)
    assert all(side % 56 == 0 and side > 0 for side in second)


@pytest.mark.parametrize("source", [(100, 100), (56, 112), (1080, 1920), (333, 777)])
def test_sizes_agree_with_those_of_qwen2_vl(source: tuple[int, int]) -> None:
    processor = Qwen2VLImageProcessorPil(size={"shortest_edge": 3136, "longest_edge": 200704})
    frame = np.zeros((*source, 3), dtype=np.uint8)
    _, height, width = processor(frame, return_tensors="np")["image_grid_thw"][0]
    assert smart_size(source, factor=28, least=3136, most=200704) == (14 * height, 14 * width)


def test_patches_agree_with_those_of_qwen2_vl() -> None:
    frame = np.random.default_rng(0).integers(0, 256, (112, 168, 3), dtype=np.uint8)
    expected = Qwen2VLImageProcessorPil()(frame, do_resize=False, return_tensors="pt")["pixel_values"]

    frames = Preprocessing().normalisation(torch.from_numpy(np.stack([frame, frame])))

    torch.testing.assert_close(patch_rows(frames, 14).flatten(0, 1), expected, rtol=1e-5, atol=1e-5)


def test_two_frames_of_a_step_stand_side_by_side_in_a_patch() -> None:
    frames = torch.arange(4.0)[:, None, None, None].expand(4, 3, 28, 28)
    rows = patch_rows(frames, 14)
    assert rows.shape == (2, 4, 3 * 2 * 196)
    for step, (first, second) in enumerate([(0.0, 1.0), (2.0, 3.0)]):
        by_frame = rows[step].reshape(4, 3, 2, 196)
        assert (by_frame[:, :, 0] == first).all()
        assert (by_frame[:, :, 1] == second).all()


def test_pooling_averages_four_pixels() -> None:
    frames = torch.arange(16.0).reshape(1, 1, 4, 4)
    assert pooled_frames(frames).flatten().tolist() == [2.5, 4.5, 10.5, 12.5]


def test_resizing_ignores_the_aspect_ratio_and_goes_through_every_size() -> None:
    frame = np.random.default_rng(0).integers(0, 256, (90, 160, 3), dtype=np.uint8)
    twice = resized(frame, ((280, 476), (56, 112)))
    assert twice.shape == (56, 112, 3)
    assert not np.array_equal(twice, resized(frame, ((56, 112),)))
    assert np.array_equal(twice, resized(resized(frame, ((280, 476),)), ((56, 112),)))


def test_a_frame_that_is_no_picture_is_refused() -> None:
    with pytest.raises(VStreamQAError, match="10 x 2010 pixels is too elongated"):
        smart_size((10, 2010), factor=28, least=1, most=10**6)


@pytest.mark.parametrize(
    ("count", "most", "sample"),
    [
        (1, 240, [0, 0]),
        (3, 240, [0, 1, 2, 2]),
        (4, 4, [0, 1, 2, 3]),
        (10, 4, [0, 3, 6, 9]),
        (10, 5, [0, 3, 6, 9]),
        (6, 4, [0, 2, 3, 5]),
    ],
)
def test_an_even_number_of_frames_is_sampled_evenly(count: int, most: int, sample: list[int]) -> None:
    assert sampled_frames(count, most) == sample


def test_absent_settings_are_those_of_qwen2_vl() -> None:
    found = read_preprocessing({}, patch_size=14, place="here")
    assert (found.min_pixels, found.max_pixels) == (3136, 12845056)
    assert found == Preprocessing()


@pytest.mark.parametrize(
    "values",
    [
        {"min_pixels": 100, "max_pixels": 2000, "size": {"min_pixels": 1, "max_pixels": 2}},
        {"size": {"min_pixels": 100, "max_pixels": 2000}},
        {"size": {"shortest_edge": 100, "longest_edge": 2000}},
    ],
)
def test_limits_of_pixels_are_read_as_old_and_new_versions_write_them(values: dict[str, object]) -> None:
    found = read_preprocessing(values, patch_size=14, place="here")
    assert (found.min_pixels, found.max_pixels) == (100, 2000)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"merge_size": 4}, "here: merge_size is 4, which is not supported; supported: 2"),
        ({"patch_size": 16}, "patch_size is 16"),
        ({"resample": 2}, "resample is 2"),
        ({"min_pixels": "few"}, "here: not a preprocessor config"),
        ({"image_mean": 3}, "here: not a preprocessor config"),
        ({"size": 224}, "here: not a preprocessor config"),
    ],
)
def test_settings_that_cannot_be_followed_are_refused(values: dict[str, object], message: str) -> None:
    with pytest.raises(UserError, match=message):
        read_preprocessing(values, patch_size=14, place="here")
