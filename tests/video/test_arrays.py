from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.numpy import save_file
from safetensors.torch import save_file as save_torch

from vstreamqa.errors import MediaError
from vstreamqa.video.arrays import ArrayFile, FeatureFile


def test_an_array_gives_its_frames(tmp_path: Path) -> None:
    frames = np.arange(3 * 4 * 5 * 3, dtype=np.uint8).reshape(3, 4, 5, 3)
    np.save(tmp_path / "a.npy", frames)
    array = ArrayFile(tmp_path / "a.npy")
    assert len(array) == 3
    assert array.size == (4, 5)
    assert np.array_equal(array.pixels(2), frames[2])


def test_a_frame_of_an_array_does_not_hold_on_to_the_file(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.zeros((2, 4, 5, 3), np.uint8))
    pixels = ArrayFile(tmp_path / "a.npy").pixels(1)
    assert pixels.base is None
    assert not isinstance(pixels, np.memmap)


@pytest.mark.parametrize("wrong", [np.zeros((2, 4, 5, 3), np.float32), np.zeros((2, 4, 5), np.uint8)])
def test_other_arrays_are_refused_with_what_they_hold(tmp_path: Path, wrong: np.ndarray) -> None:
    np.save(tmp_path / "a.npy", wrong)
    with pytest.raises(MediaError, match="save uint8 RGB frames"):
        ArrayFile(tmp_path / "a.npy")


def test_a_cut_array_is_refused(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.zeros((9, 40, 50, 3), np.uint8))
    (tmp_path / "a.npy").write_bytes((tmp_path / "a.npy").read_bytes()[:5000])
    with pytest.raises(MediaError, match=r"a\.npy: cannot be read as an array"):
        ArrayFile(tmp_path / "a.npy")


@pytest.mark.parametrize("kind", [np.float16, np.float32])
def test_features_come_in_the_type_they_are_stored_in(tmp_path: Path, kind: type[np.floating]) -> None:
    values = np.random.default_rng(0).normal(size=(5, 3, 2)).astype(kind)
    save_file({"feature": values}, tmp_path / "f.safetensors")
    features = FeatureFile(tmp_path / "f.safetensors")
    assert len(features) == 5
    assert features.features(4).dtype == kind
    assert np.array_equal(features.features(4), values[4])


def test_brain_floats_become_float32(tmp_path: Path) -> None:
    values = torch.randn(4, 3, 2, generator=torch.Generator().manual_seed(0)).bfloat16()
    save_torch({"feature": values}, tmp_path / "f.safetensors")
    features = FeatureFile(tmp_path / "f.safetensors").features(3)
    assert features.dtype == np.float32
    assert np.array_equal(features, values[3].float().numpy())


def test_a_file_without_the_tensor_names_those_it_has(tmp_path: Path) -> None:
    save_file({"embedding": np.zeros((1, 1, 1), np.float32)}, tmp_path / "f.safetensors")
    with pytest.raises(MediaError, match="has no tensor 'feature', only embedding"):
        FeatureFile(tmp_path / "f.safetensors")


def test_features_of_another_shape_are_refused(tmp_path: Path) -> None:
    save_file({"feature": np.zeros((5, 3), np.float32)}, tmp_path / "f.safetensors")
    with pytest.raises(MediaError, match=r"\[frames, patches, channels\]"):
        FeatureFile(tmp_path / "f.safetensors")


def test_a_cut_feature_file_is_refused(tmp_path: Path) -> None:
    save_file({"feature": np.zeros((50, 3, 2), np.float32)}, tmp_path / "f.safetensors")
    (tmp_path / "f.safetensors").write_bytes((tmp_path / "f.safetensors").read_bytes()[:500])
    with pytest.raises(MediaError, match="cannot be read as safetensors"):
        FeatureFile(tmp_path / "f.safetensors")
