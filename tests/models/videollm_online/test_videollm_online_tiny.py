import hashlib
from pathlib import Path

import pytest
from videollm_online_tiny import scenes, tiny_checkpoint, tiny_session, watch_all

from vstreamqa.models.videollm_online.tiny import make_tiny, tiny_folder


def contents(folder: Path) -> dict[str, str]:
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_the_tiny_checkpoint_is_the_same_every_time_and_small(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "checkpoint"
    make_tiny(folder)
    assert contents(folder) == contents(tiny_checkpoint())
    assert sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) < 2_000_000
    assert [path.name for path in folder.parent.iterdir()] == ["checkpoint"]


def test_an_existing_folder_is_left_alone(tmp_path: Path) -> None:
    folder = tmp_path / "checkpoint"
    folder.mkdir()
    (folder / "mine").write_text("kept")
    make_tiny(folder)
    assert contents(folder).keys() == {"mine"}


def test_the_tiny_checkpoint_is_made_on_demand_and_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VSTREAMQA_CACHE", str(tmp_path))
    assert tiny_folder() == tiny_folder()
    assert [path.name for path in (tmp_path / "checkpoints").iterdir()] == [tiny_folder().name]


def test_behind_a_frame_the_tiny_model_is_silent_or_opens_a_turn_and_does_either() -> None:
    # Any other token would be an error of the unrepaired loop.
    said = [len(watch_all(tiny_session(threshold=0.725), scenes(40, seed))) for seed in range(3)]
    assert 0 < sum(said) < 60
