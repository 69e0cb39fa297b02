import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from flash_vstream_qwen_tiny import change_config, change_memory, change_vision, tiny_checkpoint
from safetensors.torch import load_file, save_file
from torch import Tensor

from vstreamqa.errors import UserError
from vstreamqa.models.base import LoadRequest
from vstreamqa.models.flash_vstream_qwen import FlashVStreamQwen
from vstreamqa.models.flash_vstream_qwen.checkpoint import Loaded, load_checkpoint
from vstreamqa.models.flash_vstream_qwen.memory import MemorySizes
from vstreamqa.pretrained import hub

Weights = dict[str, Tensor]
PROBE = torch.arange(2 * 56 * 56 * 3).reshape(2, 56, 56, 3).remainder(251).to(torch.uint8)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(tiny_checkpoint(), tmp_path / "checkpoint"))


def load(folder: Path) -> Loaded:
    return load_checkpoint(str(folder), device=torch.device("cpu"), dtype=torch.float32)


@torch.inference_mode()
def fingerprint(loaded: Loaded) -> Tensor:
    """What a step comes to at the end of every module."""
    network = loaded.network
    steps = network.encode(PROBE)
    merged = network.merger(steps.features.flatten(0, 1))
    logits = network.language(input_ids=torch.arange(20)[None]).logits
    return torch.cat([steps.pooled.flatten(), merged.flatten(), logits.flatten()])


def change_weights(folder: Path, change: Callable[[Weights], Any]) -> None:
    weights = load_file(folder / "model.safetensors")
    change(weights)
    save_file(weights, folder / "model.safetensors")


def shard(folder: Path) -> list[str]:
    """Split the weights into two files with an index."""
    weights = load_file(folder / "model.safetensors")
    (folder / "model.safetensors").unlink()
    names = [f"model-0000{number}-of-00002.safetensors" for number in (1, 2)]
    weight_map = {key: names[index % 2] for index, key in enumerate(sorted(weights))}
    for name in names:
        save_file({key: tensor for key, tensor in weights.items() if weight_map[key] == name}, folder / name)
    (folder / "model.safetensors.index.json").write_text(json.dumps({"weight_map": weight_map}))
    return names


def test_weights_have_the_names_of_the_released_checkpoint() -> None:
    names = set(load_file(tiny_checkpoint() / "model.safetensors"))
    assert names >= {
        "visual.patch_embed.proj.weight",
        "visual.blocks.0.attn.qkv.bias",
        "visual.merger.ln_q.weight",
        "visual.merger.mlp.2.bias",
        "model.embed_tokens.weight",
        "model.layers.0.self_attn.q_proj.bias",
        "lm_head.weight",
    }
    assert {name.partition(".")[0] for name in names} == {"visual", "model", "lm_head"}


def test_sharded_weights_load_like_a_single_file(folder: Path) -> None:
    expected = load(tiny_checkpoint())
    shard(folder)
    found = load(folder)
    assert torch.equal(fingerprint(found), fingerprint(expected))
    assert found.provenance.hash != expected.provenance.hash


def test_the_memory_of_a_config_without_one_has_the_released_sizes(folder: Path) -> None:
    vision = json.loads((folder / "config.json").read_text())["vision_config"]
    del vision["flash_memory_config"]
    change_config(folder, vision_config=vision)
    assert load(folder).network.config.vision.memory.sizes == MemorySizes(clusters=60, keys=30)


def test_an_answer_ends_at_every_token_that_any_settings_name(folder: Path) -> None:
    turn_end = load(folder).tokenizer.turn_end
    change_config(folder, eos_token_id=[5, 6])
    (folder / "generation_config.json").write_text(json.dumps({"eos_token_id": [7, 8]}))
    assert load(folder).end == {5, 6, 7, 8, turn_end}
    change_config(folder, eos_token_id=None)
    (folder / "generation_config.json").unlink()
    assert load(folder).end == {turn_end}


def test_preprocessing_comes_from_the_checkpoint_or_is_qwen2_vls(folder: Path) -> None:
    path = folder / "preprocessor_config.json"
    values = json.loads(path.read_text())
    path.write_text(json.dumps({**values, "image_mean": [0.5, 0.5, 0.5]}))
    found = load(folder).network.preprocessing
    assert (found.normalisation.mean, found.max_pixels) == ((0.5, 0.5, 0.5), 112 * 112)
    path.unlink()
    assert load(folder).network.preprocessing.max_pixels == 12845056


def test_the_hash_follows_weights_and_settings(folder: Path) -> None:
    before = load(folder).provenance
    assert before.hash == load(tiny_checkpoint()).provenance.hash
    assert before.weights_bytes == (folder / "model.safetensors").stat().st_size
    assert (before.id, before.revision) == (str(folder), None)
    hashes = {before.hash}

    change_memory(folder, flash_memory_spatial_length=20)
    hashes.add(load(folder).provenance.hash)

    def nudge(weights: Weights) -> None:
        weights["lm_head.weight"][0, 0] += 1

    change_weights(folder, nudge)
    hashes.add(load(folder).provenance.hash)
    assert len(hashes) == 3


def remove(name: str) -> Callable[[Path], None]:
    return lambda folder: (folder / name).unlink()


def configure(**changes: Any) -> Callable[[Path], None]:
    return lambda folder: change_config(folder, **changes)


def see(**changes: Any) -> Callable[[Path], None]:
    return lambda folder: change_vision(folder, **changes)


def remember(**changes: Any) -> Callable[[Path], None]:
    return lambda folder: change_memory(folder, **changes)


def reweigh(change: Callable[[Weights], Any]) -> Callable[[Path], None]:
    return lambda folder: change_weights(folder, change)


def write(name: str, content: str) -> Callable[[Path], None]:
    return lambda folder: void((folder / name).write_text(content))


def void(_: object) -> None:
    pass


def lose_a_shard(folder: Path) -> None:
    (folder / shard(folder)[1]).unlink()


def truncate(folder: Path) -> None:
    path = folder / "model.safetensors"
    path.write_bytes(path.read_bytes()[:-1000])


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (configure(model_type="qwen2_vl"), "'qwen2_vl', but Flash-VStream-Qwen reads 'flash_vstream_qwen2_vl'"),
        (configure(model_type="vstream"), "model_type is 'vstream'"),
        (configure(tie_word_embeddings=True), "tie_word_embeddings is True"),
        (configure(use_sliding_window=True), "use_sliding_window is True"),
        (configure(hidden_size="wide"), r"config\.json: not a Flash-VStream-Qwen config: .*hidden_size"),
        (configure(hidden_size=256), "hidden_size of vision_config is 128, .* supported: 256"),
        (configure(rope_scaling={"type": "yarn", "mrope_section": [4, 6, 6]}), "rope_scaling is .*'yarn'"),
        (configure(rope_scaling={"type": "mrope", "mrope_section": [4, 6, 7]}), "three numbers sum to 16"),
        (configure(rope_scaling={"type": "mrope"}), "rope_scaling is "),
        (configure(num_hidden_layers=3), r"12 missing \(model\.layers\.2\.input_layernorm\.weight, .*, \.\.\.\)"),
        (configure(intermediate_size=300), r"6 of another shape \(model\.layers\.0\.mlp"),
        (configure(num_attention_heads=0), r"config\.json: "),
        (see(spatial_merge_size=4), "spatial_merge_size is 4"),
        (see(temporal_patch_size=1), "temporal_patch_size is 1"),
        (see(hidden_act="tangle"), r"config\.json: no network can be built from it .*tangle"),
        (see(depth=3), r"12 missing \(visual\.blocks\.2\.attn"),
        (see(patch_size=16), r"preprocessor_config\.json: patch_size is 14"),
        (remember(flash_memory_temporal_method="kmeans"), "flash_memory_temporal_method is 'kmeans'"),
        (remember(flash_memory_spatial_method="sample"), "flash_memory_spatial_method is 'sample'"),
        (remember(flash_memory_temporal_poolsize=1), "flash_memory_temporal_poolsize is 1"),
        (remember(flash_memory_temporal_length=7), "flash_memory_temporal_length is 7, .* an even number"),
        (remember(flash_memory_temporal_length=0), "flash_memory_temporal_length is 0"),
        (remember(flash_memory_spatial_length=-2), "flash_memory_spatial_length is -2"),
        (remove("config.json"), r"no config\.json"),
        (remove("tokenizer.json"), r"no tokenizer\.json"),
        (remove("model.safetensors"), "no weights"),
        (write("config.json", "[]"), r"config\.json: not a JSON object"),
        (write("preprocessor_config.json", "nothing"), r"preprocessor_config\.json: not a JSON object"),
        (write("generation_config.json", '{"eos_token_id": "x"}'), r"generation_config\.json: eos_token_id"),
        (lose_a_shard, r"1 of 2 weight files missing: model-00002-of-00002\.safetensors"),
        (truncate, r"model\.safetensors: cannot be read"),
        (reweigh(lambda weights: weights.pop("lm_head.weight")), r"1 missing \(lm_head\.weight\)"),
        (reweigh(lambda weights: weights.pop("visual.merger.ln_q.bias")), r"1 missing \(visual\.merger\.ln_q\.bias\)"),
        (
            reweigh(lambda weights: weights.update({"visual.blocks.9.norm1.bias": torch.ones(1)})),
            r"1 unexpected \(visual\.blocks\.9\.norm1\.bias\)",
        ),
    ],
)
def test_a_checkpoint_that_does_not_fit_is_refused_in_one_line(
    folder: Path, damage: Callable[[Path], None], message: str
) -> None:
    damage(folder)
    with pytest.raises(UserError, match=message) as refusal:
        load(folder)
    assert "\n" not in str(refusal.value)


def test_a_hub_name_is_fetched_at_its_revision(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def snapshot(name: str, *, revision: str | None, allow_patterns: list[str]) -> str:
        assert (name, revision) == ("some/model", "main")
        assert "*.safetensors" in allow_patterns
        return str(folder)

    monkeypatch.setattr(hub, "snapshot_download", snapshot)
    model = FlashVStreamQwen.load(LoadRequest(checkpoint="some/model", revision="main", device="cpu"))
    assert (model.checkpoint.id, model.checkpoint.revision) == ("some/model", "main")


def test_a_missing_folder_is_a_mistake_of_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub, "snapshot_download", lambda *_, **__: pytest.fail("asked the hub"))
    with pytest.raises(UserError, match="no such folder") as refusal:
        FlashVStreamQwen.load(LoadRequest(checkpoint="/nowhere/at/all", device="cpu"))
    assert "\n" not in str(refusal.value)
