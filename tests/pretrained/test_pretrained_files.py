"""Which files hold a checkpoint's weights, and the hash by which they are known."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from vstreamqa.errors import UserError
from vstreamqa.pretrained.files import hash_of, named_digests, weight_paths


def write(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).write_bytes(name.encode())


def test_safetensors_come_before_pickles_and_shards_are_those_of_the_index(tmp_path: Path) -> None:
    write(tmp_path, "pytorch_model.bin")
    assert [path.name for path in weight_paths(tmp_path)] == ["pytorch_model.bin"]
    write(tmp_path, "model.safetensors")
    assert [path.name for path in weight_paths(tmp_path)] == ["model.safetensors"]
    write(tmp_path, "b.safetensors", "a.safetensors", "old.safetensors")
    index = {"weight_map": {"x": "b.safetensors", "y": "a.safetensors", "z": "b.safetensors"}}
    (tmp_path / "model.safetensors.index.json").write_text(json.dumps(index))
    assert [path.name for path in weight_paths(tmp_path)] == ["a.safetensors", "b.safetensors"]


@pytest.mark.parametrize(
    ("index", "message"),
    [
        (None, "no weights; expected model.safetensors"),
        ('{"weight_map": {"x": "gone.safetensors"}}', r"1 of 1 weight files missing: gone\.safetensors"),
        ("{}", "not an index of weights"),
        ("[", "not an index of weights"),
    ],
)
def test_weights_that_are_not_all_there_are_named(tmp_path: Path, index: str | None, message: str) -> None:
    if index is not None:
        (tmp_path / "model.safetensors.index.json").write_text(index)
    with pytest.raises(UserError, match=message):
        weight_paths(tmp_path)


def test_a_file_of_the_hubs_cache_is_known_by_its_name_and_not_read(tmp_path: Path) -> None:
    (tmp_path / "blobs").mkdir()
    blob = tmp_path / "blobs" / ("e" * 64)
    blob.write_bytes(b"not what the name says")
    (tmp_path / "model.safetensors").symlink_to(blob)
    assert named_digests([tmp_path / "model.safetensors"]) == (f"model.safetensors {'e' * 64}",)


def test_one_hash_of_several_files_is_over_their_names_and_hashes(tmp_path: Path) -> None:
    write(tmp_path, "a", "b")
    lines = [f"{name} {hashlib.sha256(name.encode()).hexdigest()}" for name in "ab"]
    assert (
        hash_of(named_digests([tmp_path / "a", tmp_path / "b"]))
        == hashlib.sha256("\n".join(lines).encode()).hexdigest()
    )
