"""Checkpoints that are whole, and all that can be wrong with one: one line, before any video is read."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psutil
import pytest
import torch
from safetensors.torch import load_file, save_file
from transformers_video_tiny import NAMES, noise, say, tiny_checkpoint, tiny_model, watching

from vstreamqa.errors import UserError
from vstreamqa.models.base import LoadRequest
from vstreamqa.models.transformers_video import TransformersVideo
from vstreamqa.models.transformers_video.tiny import make_tiny, tiny_folder, tiny_name


def copy_of(family: str, folder: Path) -> Path:
    place = folder / family
    shutil.copytree(tiny_checkpoint(family), place)
    return place


def load(folder: Path | str, family: str = "llava_onevision", **options: Any) -> TransformersVideo:
    request = LoadRequest(checkpoint=str(folder), device="cpu", options={"family": family, **options})
    return TransformersVideo.load(request)


def change(path: Path, **values: Any) -> None:
    path.write_text(json.dumps({**json.loads(path.read_text()), **values}))


@pytest.mark.parametrize("family", NAMES)
def test_a_tiny_checkpoint_is_the_same_every_time(family: str, tmp_path: Path) -> None:
    make_tiny(family, tmp_path / "again")
    for file in tiny_checkpoint(family).iterdir():
        assert file.read_bytes() == (tmp_path / "again" / file.name).read_bytes(), file.name


def test_demo_stands_for_the_tiny_checkpoint_of_the_family() -> None:
    model = TransformersVideo.load(LoadRequest(checkpoint="demo", device="cpu", options={"family": "smolvlm"}))
    assert model.checkpoint.id == tiny_name("smolvlm") == "smolvlm-tiny-random"
    assert model.checkpoint.hash == tiny_model("smolvlm").checkpoint.hash
    assert (tiny_folder("smolvlm") / "model.safetensors").exists()


def test_a_checkpoint_says_which_it_is(tmp_path: Path) -> None:
    place = copy_of("internvl", tmp_path)
    first = load(place, "internvl").checkpoint
    assert first.id == str(place)
    assert first.revision is None
    assert first.weights_bytes == (place / "model.safetensors").stat().st_size
    change(place / "preprocessor_config.json", image_mean=[0.1, 0.1, 0.1])
    assert load(place, "internvl").checkpoint.hash != first.hash


def test_weights_may_be_in_several_files(tmp_path: Path) -> None:
    place = copy_of("llava_onevision", tmp_path)
    _in_two_files(place)
    assert say(watching(load(place), noise(3))) == say(watching(load(tiny_checkpoint("llava_onevision")), noise(3)))


def test_a_config_as_qwen2_vl_was_released_with_is_read(tmp_path: Path) -> None:
    place = copy_of("qwen2_vl", tmp_path)
    values = json.loads((place / "config.json").read_text())
    text = values.pop("text_config")
    rope = text.pop("rope_parameters")
    flat = {key: value for key, value in text.items() if key not in ("model_type", "layer_types")}
    scaling = {
        "rope_theta": rope["rope_theta"],
        "rope_scaling": {"type": "mrope", "mrope_section": rope["mrope_section"]},
    }
    (place / "config.json").write_text(json.dumps({**flat, **values, **scaling}))
    frames = noise(5)
    assert say(watching(load(place, "qwen2_vl"), frames)) == say(
        watching(load(tiny_checkpoint("qwen2_vl"), "qwen2_vl"), frames)
    )


def test_tokens_that_end_an_answer_are_gathered(tmp_path: Path) -> None:
    place = copy_of("llava_onevision", tmp_path)
    change(place / "generation_config.json", eos_token_id=[3, 5])
    loaded = load(place)._answers._loaded
    assert {3, 5, loaded.tokenizer.id_of("<|im_end|>")} <= loaded.end


def _in_two_files(place: Path) -> None:
    weights = load_file(place / "model.safetensors")
    (place / "model.safetensors").unlink()
    index = {}
    for number, names in enumerate((sorted(weights)[::2], sorted(weights)[1::2]), 1):
        file = f"model-0000{number}-of-00002.safetensors"
        save_file({name: weights[name] for name in names}, place / file, metadata={"format": "pt"})
        index.update(dict.fromkeys(names, file))
    (place / "model.safetensors.index.json").write_text(json.dumps({"metadata": {}, "weight_map": index}))


def _lacks_a_shard(place: Path) -> None:
    _in_two_files(place)
    (place / "model-00002-of-00002.safetensors").unlink()


def _lacks_a_weight(place: Path) -> None:
    weights = load_file(place / "model.safetensors")
    del weights["multi_modal_projector.linear_1.weight"]
    save_file(weights, place / "model.safetensors", metadata={"format": "pt"})


def _has_one_too_many(place: Path) -> None:
    weights = load_file(place / "model.safetensors")
    save_file({**weights, "lora_A.weight": torch.zeros(2)}, place / "model.safetensors", metadata={"format": "pt"})


def _has_another_shape(place: Path) -> None:
    weights = load_file(place / "model.safetensors")
    weights["image_newline"] = torch.zeros(7)
    save_file(weights, place / "model.safetensors", metadata={"format": "pt"})


def _is_cut_off(place: Path) -> None:
    content = (place / "model.safetensors").read_bytes()
    (place / "model.safetensors").write_bytes(content[: len(content) // 2])


def _without(name: str) -> Callable[[Path], None]:
    return lambda place: (place / name).unlink()


def _with(name: str, **values: Any) -> Callable[[Path], None]:
    return lambda place: change(place / name, **values)


def _of_another_tokenizer(place: Path) -> None:
    shutil.copy(tiny_checkpoint("qwen2_vl") / "tokenizer.json", place / "tokenizer.json")


def _of_a_smaller_vocabulary(place: Path) -> None:
    config = json.loads((place / "config.json").read_text())
    config["text_config"]["vocab_size"] = 100
    (place / "config.json").write_text(json.dumps(config))


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (_without("config.json"), "no config.json"),
        (
            _with("config.json", model_type="llama"),
            "model_type is 'llama', not 'llava_onevision'; name another --model",
        ),
        (_with("config.json", model_type="internvl"), "use --set family=internvl"),
        (_with("config.json", text_config={"model_type": "nonsense"}), "not a config of llava_onevision"),
        (_without("model.safetensors"), "no weights"),
        (_lacks_a_shard, "1 of 2 weight files missing: model-00002"),
        (_lacks_a_weight, r"1 missing \(.*multi_modal_projector.linear_1.weight"),
        (_has_one_too_many, r"1 unexpected \(.*lora_A.weight"),
        (_has_another_shape, r"1 of another shape \(.*image_newline"),
        (_is_cut_off, "its weights cannot be read"),
        (_without("tokenizer.json"), "no tokenizer.json"),
        (_of_another_tokenizer, "(no token <video>|the language model has 974); it is another model's"),
        (_of_a_smaller_vocabulary, "but the language model has 100; it is another model's"),
        (_without("preprocessor_config.json"), "with an image_mean"),
        (_with("preprocessor_config.json", size={"height": 70, "width": 70}), "the vision tower takes 56 x 56"),
        (_with("generation_config.json", eos_token_id="</s>"), "eos_token_id is '</s>'"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(tmp_path: Path, spoil: Callable[[Path], None], message: str) -> None:
    place = copy_of("llava_onevision", tmp_path)
    spoil(place)
    with pytest.raises(UserError, match=message) as raised:
        load(place)
    assert "\n" not in str(raised.value)
    assert str(place) in str(raised.value)


def test_what_is_nowhere_is_said_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no such folder"):
        load(tmp_path / "nothing")
    with pytest.raises(UserError, match="the hub gave nothing") as raised:
        load("nobody/has-this-model")
    assert "\n" not in str(raised.value)


def test_what_does_not_fit_into_memory_is_said_before_it_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(available=500_000))
    with pytest.raises(UserError, match=r"its weights take 0.0 GB as float32, and cpu has 0.0 GB free"):
        load(tiny_checkpoint("llava_onevision"))


def test_buffers_that_older_versions_wrote_are_passed_over(tmp_path: Path) -> None:
    place = copy_of("llava_onevision", tmp_path)
    weights = load_file(place / "model.safetensors")
    weights["vision_tower.embeddings.position_ids"] = torch.arange(16)[None]
    save_file(weights, place / "model.safetensors", metadata={"format": "pt"})
    assert load(place)
