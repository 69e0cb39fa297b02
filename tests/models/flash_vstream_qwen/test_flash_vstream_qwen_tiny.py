import hashlib
from pathlib import Path

import pytest
from flash_vstream_qwen_tiny import tiny_checkpoint

from vstreamqa.models.base import LoadRequest
from vstreamqa.models.flash_vstream_qwen import FlashVStreamQwen, Options
from vstreamqa.models.flash_vstream_qwen.tiny import make_tiny
from vstreamqa.registry import Preset, model_factory, parse_options, recipe


def contents(folder: Path) -> dict[str, str]:
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_the_tiny_checkpoint_is_the_same_every_time_and_small(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "checkpoint"
    make_tiny(folder)
    assert contents(folder) == contents(tiny_checkpoint())
    assert sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) < 4_000_000
    assert [path.name for path in folder.parent.iterdir()] == ["checkpoint"]


def test_demo_is_the_tiny_checkpoint_made_on_demand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VSTREAMQA_CACHE", str(tmp_path))
    for _ in range(2):
        model = FlashVStreamQwen.load(LoadRequest(checkpoint="demo", device="cpu"))
        assert model.checkpoint.id == "flash-vstream-qwen-tiny-random"
    (folder,) = (tmp_path / "checkpoints").iterdir()
    assert folder.name.startswith("flash-vstream-qwen-tiny-random-")
    assert contents(folder) == contents(tiny_checkpoint())


@pytest.mark.parametrize("preset", ["demo", "released", "paper"])
def test_the_recipe_gives_options_that_the_adapter_takes(preset: Preset) -> None:
    found = recipe("flash-vstream-qwen").under(preset)
    factory = model_factory(found)
    assert factory is FlashVStreamQwen
    options = parse_options(factory, found.name, found.options)
    Options.parse(options)
    assert options["mode"] == ("offline" if preset == "paper" else "streaming")
    assert options["axes"] == "independent"
