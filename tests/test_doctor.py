"""What a machine can run, in words."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest

from vstreamqa.cli.main import run
from vstreamqa.doctor import free_bytes, model_lines, needs_of, pin
from vstreamqa.errors import UserError
from vstreamqa.recipes import Needs, Recipe
from vstreamqa.registry import recipe

RECIPE = recipe("flash-vstream")


def known(monkeypatch: pytest.MonkeyPatch, **changes: Any) -> Recipe:
    changed = msgspec.structs.replace(RECIPE, **changes)
    monkeypatch.setattr("vstreamqa.doctor.recipes", lambda: {changed.name: changed})
    return changed


@pytest.mark.parametrize(
    ("changes", "device", "text"),
    [
        ({"needs": Needs(vram_gb=20)}, None, "wants a device of about 20 GB, and there is none"),
        ({"needs": Needs(vram_gb=20)}, 80_000_000_000, "its demo runs; IVGSZ/Flash-VStream-7b: fits (20 of 80 GB)"),
        ({"needs": Needs(vram_gb=90)}, 80_000_000_000, "does not fit (90 of 80 GB)"),
        ({"needs": Needs(packages=("no-such-package",))}, None, "lacks packages: pip install no-such-package"),
        ({"missing": "its weights were never published"}, None, "not to be run: its weights were never published"),
        ({"kind": True}, None, "runs as flash-vstream:MODEL"),
        ({"checkpoint": "none"}, None, "has no weights"),
    ],
)
def test_every_model_says_whether_it_runs_here(
    changes: dict[str, Any], device: int | None, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    known(monkeypatch, **changes)
    assert text in dict(model_lines(device_bytes=device))["flash-vstream"]


def test_needs_are_told_as_far_as_they_are_known() -> None:
    needs = Needs(weights_gb=14.5, vram_gb=20, packages=("openai",), note="measured nowhere")
    told = needs_of(msgspec.structs.replace(RECIPE, needs=needs))
    assert told == "weights 14.5 GB; about 20 GB of device memory; packages openai; measured nowhere"
    assert needs_of(msgspec.structs.replace(RECIPE, needs=Needs())) == "needs not stated"


def test_a_revision_is_pinned_where_none_is_stated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    known(monkeypatch, revision=None)
    path = tmp_path / "flash-vstream.yaml"
    path.write_text("name: flash-vstream\nrevision: null  # unverified\nfps: 1.0\n")
    asked: list[str] = []

    def model_info(name: str) -> SimpleNamespace:
        asked.append(name)
        return SimpleNamespace(sha="0123abcd")

    monkeypatch.setattr("huggingface_hub.HfApi", lambda: SimpleNamespace(model_info=model_info))
    assert pin(tmp_path) == {"flash-vstream": "0123abcd"}
    assert asked == ["IVGSZ/Flash-VStream-7b"]
    assert path.read_text() == "name: flash-vstream\nrevision: 0123abcd\nfps: 1.0\n"


def test_a_hub_that_is_not_reached_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    known(monkeypatch, revision=None)

    def model_info(name: str) -> SimpleNamespace:
        raise ConnectionError("no route\nto host")

    monkeypatch.setattr("huggingface_hub.HfApi", lambda: SimpleNamespace(model_info=model_info))
    with pytest.raises(UserError, match="IVGSZ/Flash-VStream-7b cannot be pinned: no route to host; try again online"):
        pin(tmp_path)


def test_free_space_is_that_of_the_nearest_folder_that_is_there(tmp_path: Path) -> None:
    assert free_bytes(tmp_path / "a" / "b") > 0


def test_the_program_shows_machine_and_models(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["doctor"]) == 0
    told = capsys.readouterr().out
    for part in ("system: ", "memory: ", "device: ", "packages: torch ", "\nflash-vstream "):
        assert part in told
    assert run(["list", "models"]) == 0
    assert "flash-vstream" in capsys.readouterr().out
