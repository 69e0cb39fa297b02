"""Where the training commands write: what cannot be is said before anything is trained."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest

from vstreamqa.training.tiny.commands import holds_checkpoint

MODELS = ["flash_vstream", "videollm_online"]


def complaint(
    model: str, out: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> tuple[object, str]:
    command = import_module(f"vstreamqa.training.tiny.{model}.__main__")

    def train(*_: object, **__: object) -> None:
        pytest.fail("nothing may be trained")

    monkeypatch.setattr(command, "train", train)
    monkeypatch.setattr("sys.argv", [model, "--out", str(out)])
    with pytest.raises(SystemExit) as ended:
        command.main()
    return ended.value.code, capsys.readouterr().err


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("place", ["folder", "file", "file/under"])
def test_a_place_that_cannot_take_a_checkpoint_is_one_line_and_exit_code_2(
    place: str, model: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text("thesis")
    code, told = complaint(model, tmp_path / place, monkeypatch, capsys)
    assert code == 2
    assert told.startswith(f"{tmp_path / place}: ")
    assert told.endswith("name another --out\n")
    assert told.count("\n") == 1
    assert list((tmp_path / "folder").iterdir()) == []


def test_a_checkpoint_is_taken_and_the_way_to_a_new_one_made(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}")
    assert holds_checkpoint(tmp_path, settings="config.json")
    assert not holds_checkpoint(tmp_path / "new" / "one", settings="config.json")
    assert list((tmp_path / "new").iterdir()) == []
