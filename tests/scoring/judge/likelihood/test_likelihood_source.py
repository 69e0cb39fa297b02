"""Where a judge's checkpoint is: a folder, the hub's cache, the hub; and which revision of it."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from tiny_judge import make_tiny_judge

from vstreamqa.errors import UserError
from vstreamqa.pretrained import hub
from vstreamqa.scoring.judge.hf_judge import HfJudge
from vstreamqa.scoring.judge.likelihood.source import find_source

NAME, COMMIT, OLDER = "org/judge", "a" * 40, "b" * 40


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_tiny_judge(tmp_path_factory.mktemp("judge"), shard="20KB")


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "hub"))
    return tmp_path / "hub" / "models--org--judge"


def put(cache: Path, checkpoint: Path, *, commit: str = COMMIT, weights: bool = True) -> Path:
    """Put a repository into the hub's cache, as the main branch."""
    folder = cache / "snapshots" / commit
    shutil.copytree(checkpoint, folder, ignore=None if weights else shutil.ignore_patterns("*.safetensors*"))
    (cache / "refs").mkdir(exist_ok=True)
    (cache / "refs" / "main").write_text(commit)
    return folder


def test_a_folder_is_known_by_the_hash_of_what_is_in_it(checkpoint: Path, tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    shutil.copytree(checkpoint, folder)
    first, elsewhere = (find_source(str(path), None).revision for path in (checkpoint, folder))
    assert len(first) == 64
    assert first == elsewhere
    for name in ("model-00002", "chat_template.jinja"):
        path = next(folder.glob(f"{name}*"))
        before, content = find_source(str(folder), None).revision, path.read_bytes()
        path.write_bytes(content[:-1] + b"!")
        assert find_source(str(folder), None).revision != before
        path.write_bytes(content)
    assert find_source(str(folder), None).revision == first


def test_the_hash_of_a_folder_is_that_of_names_and_hashes(tmp_path: Path) -> None:
    lines = []
    for name in ("model.safetensors", "config.json"):
        (tmp_path / name).write_text(f"[{name}]")
        lines.append(f"{name} {hashlib.sha256(f'[{name}]'.encode()).hexdigest()}")
    assert find_source(str(tmp_path), None).revision == hashlib.sha256("\n".join(lines).encode()).hexdigest()


def test_what_the_cache_has_is_used_at_its_commit_and_the_hub_is_not_asked(
    checkpoint: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub, "HfApi", lambda: pytest.fail("asked the hub"))
    put(cache, checkpoint, commit=OLDER)
    newest = put(cache, checkpoint)
    found = find_source(NAME, None)
    assert (found.folder, found.revision) == (newest, COMMIT)
    assert find_source(NAME, OLDER).revision == OLDER
    assert find_source(str(newest), None).revision == COMMIT, "a folder of the cache has its commit"


def test_on_disk_is_what_has_its_weights_there(checkpoint: Path, cache: Path) -> None:
    assert not HfJudge.on_disk(NAME, None)
    folder = put(cache, checkpoint, weights=False)
    assert not HfJudge.on_disk(NAME, None), "a config alone judges nothing"
    shutil.rmtree(folder)
    put(cache, checkpoint)
    assert HfJudge.on_disk(NAME, None)
    assert HfJudge.on_disk(NAME, COMMIT)
    assert not HfJudge.on_disk(NAME, OLDER)
    next(folder.glob("model-00002*")).unlink()
    assert not HfJudge.on_disk(NAME, None), "a shard is missing"


@pytest.mark.parametrize("name", ["org/../x", "", "..", "a b", "/nowhere/x", "x" * 200, "org/a/b"])
def test_names_that_can_be_nothing_are_not_on_disk(name: str) -> None:
    assert not HfJudge.on_disk(name, None)


def test_on_disk_asks_without_torch() -> None:
    code = (
        "import sys; from vstreamqa.scoring.judge.hf_judge import HfJudge; HfJudge.on_disk('org/judge', None); "
        "assert not {'torch', 'transformers'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_of_what_is_on_the_hub_the_weights_are_fetched_when_they_are_needed(
    checkpoint: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, list[str]]] = []

    def snapshot(name: str, *, revision: str, allow_patterns: list[str]) -> str:
        asked.append((revision, allow_patterns))
        folder = cache / "snapshots" / revision
        shutil.rmtree(folder, ignore_errors=True)
        return str(put(cache, checkpoint, commit=revision, weights="model*.safetensors" in allow_patterns))

    info = SimpleNamespace(model_info=lambda name, revision, timeout: SimpleNamespace(sha=COMMIT))
    monkeypatch.setattr(hub, "HfApi", lambda: info)
    monkeypatch.setattr(hub, "snapshot_download", snapshot)
    source = find_source(NAME, "v1")
    assert source.revision == COMMIT
    assert not any("safetensors" in pattern for _, patterns in asked for pattern in patterns)
    assert next(source.with_weights().glob("*.safetensors"))
    assert {revision for revision, _ in asked} == {COMMIT}
    count = len(asked)
    source.with_weights()
    assert len(asked) == count


def raising(error: Exception) -> Any:
    def raises(*args: object, **kwargs: object) -> None:
        raise error

    return raises


def test_without_a_network_that_is_said_in_one_line(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    info = SimpleNamespace(model_info=raising(ConnectionError("no route\nto the hub")))
    monkeypatch.setattr(hub, "HfApi", lambda: info)
    monkeypatch.setattr(hub, "snapshot_download", lambda *_, **__: pytest.fail("tried to fetch"))
    with pytest.raises(UserError, match=r"not on this disk, and the hub gave nothing .*no route.*; name a") as told:
        find_source(NAME, None)
    assert "\n" not in str(told.value)


def test_a_gated_repository_is_seen_before_anything_else_is_done(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    info = SimpleNamespace(model_info=lambda name, revision, timeout: SimpleNamespace(sha=COMMIT))
    monkeypatch.setattr(hub, "HfApi", lambda: info)
    monkeypatch.setattr(hub, "snapshot_download", raising(PermissionError("gated repo")))
    with pytest.raises(UserError, match="gated repo"):
        find_source(NAME, None)


def test_a_folder_has_no_revisions(checkpoint: Path) -> None:
    with pytest.raises(UserError, match="leave @v1 out"):
        find_source(str(checkpoint), "v1")


def test_folders_that_are_no_checkpoint(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no weights"):
        find_source(str(tmp_path), None)
    (tmp_path / "model.safetensors").touch()
    with pytest.raises(UserError, match=r"no config\.json"):
        find_source(str(tmp_path), None)
    with pytest.raises(UserError, match="no such folder"):
        find_source(str(tmp_path / "nothing"), None)
