import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor
from videollm_online_tiny import scenes, tiny_checkpoint

from vstreamqa.errors import UserError
from vstreamqa.models.videollm_online.checkpoint import Loaded, load_checkpoint
from vstreamqa.models.videollm_online.options import Options
from vstreamqa.pretrained import hub

Weights = dict[str, Tensor]
ADAPTER, BASE, TOWER = "adapter_model.safetensors", "base/model.safetensors", "vision_tower/model.safetensors"
HEAD = "base_model.model.lm_head.base_layer.weight"
UPDATE = "base_model.model.model.layers.1.mlp.up_proj.lora_B.weight"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(tiny_checkpoint(), tmp_path / "checkpoint"))


def load(folder: Path | str, dtype: torch.dtype = torch.float32, **options: Any) -> Loaded:
    return load_checkpoint(str(folder), Options(**options), device=torch.device("cpu"), dtype=dtype)


@torch.inference_mode()
def fingerprint(loaded: Loaded) -> Tensor:
    """What a frame and a few words come to."""
    network = loaded.network
    frames = network.project(network.frame_tokens(torch.tensor(scenes(1))))
    words = network.language.get_input_embeddings()(torch.arange(20))
    logits = network.language(inputs_embeds=torch.cat([words, frames[0]])[None]).logits
    return torch.cat([frames.flatten(), logits.flatten()])


def change_json(path: Path, **changes: Any) -> None:
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))


def change_weights(path: Path, change: Callable[[Weights], object]) -> None:
    weights = load_file(path)
    change(weights)
    save_file(weights, path)


def shard(folder: Path, suffix: str) -> list[str]:
    """Split the base's weights into two files with an index."""
    weights = load_file(folder / "model.safetensors")
    (folder / "model.safetensors").unlink()
    stem, save = ("model", save_file) if suffix == ".safetensors" else ("pytorch_model", torch.save)
    names = [f"{stem}-0000{number}-of-00002{suffix}" for number in (1, 2)]
    weight_map = {key: names[index % 2] for index, key in enumerate(sorted(weights))}
    for name in names:
        save({key: tensor for key, tensor in weights.items() if weight_map[key] == name}, folder / name)
    (folder / f"{stem}{suffix}.index.json").write_text(json.dumps({"weight_map": weight_map}))
    return names


@pytest.mark.parametrize("suffix", [".safetensors", ".bin"])
def test_a_base_in_shards_loads_like_a_single_file(folder: Path, suffix: str) -> None:
    expected = load(tiny_checkpoint())
    shard(folder / "base", suffix)
    found = load(folder)
    assert torch.equal(fingerprint(found), fingerprint(expected))
    assert found.provenance.hash != expected.provenance.hash


def test_an_adapter_of_the_old_format_loads_too(folder: Path) -> None:
    torch.save(load_file(folder / ADAPTER), folder / "adapter_model.bin")
    (folder / ADAPTER).unlink()
    assert torch.equal(fingerprint(load(folder)), fingerprint(load(tiny_checkpoint())))


def test_updates_merged_or_apart_come_to_the_same(folder: Path) -> None:
    torch.testing.assert_close(fingerprint(load(folder)), fingerprint(load(folder, merge=False)), rtol=1e-4, atol=1e-4)


def test_the_updates_make_a_difference(folder: Path) -> None:
    def silence(weights: Weights) -> None:
        for name, tensor in weights.items():
            if "lora_B" in name:
                tensor.zero_()

    change_weights(folder / ADAPTER, silence)
    assert not torch.allclose(fingerprint(load(folder)), fingerprint(load(tiny_checkpoint())), atol=0.1)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_a_copy_of_the_bases_head_is_accepted(folder: Path, dtype: torch.dtype) -> None:
    change_weights(folder / ADAPTER, lambda weights: weights.update({HEAD: head_of(folder).to(dtype)}))
    assert torch.equal(fingerprint(load(folder)), fingerprint(load(tiny_checkpoint())))
    load(folder, torch.bfloat16)
    load(folder, torch.float16)


def head_of(folder: Path) -> Tensor:
    return load_file(folder / BASE)["lm_head.weight"]


def test_base_and_tower_can_be_named(folder: Path, tmp_path: Path) -> None:
    expected = fingerprint(load(folder))
    (folder / "base").rename(tmp_path / "llama")
    (folder / "vision_tower").rename(tmp_path / "siglip")
    found = load(folder, base=str(tmp_path / "llama"), vision=str(tmp_path / "siglip"))
    assert torch.equal(fingerprint(found), expected)
    change_json(folder / "adapter_config.json", base_model_name_or_path=str(tmp_path / "llama"))
    assert torch.equal(fingerprint(load(folder, vision=str(tmp_path / "siglip"))), expected)


def test_a_whole_siglip_serves_as_tower(folder: Path) -> None:
    extra = {
        "text_model.final_layer_norm.bias": torch.ones(3),
        "logit_scale": torch.ones(1),
        "logit_bias": torch.ones(1),
    }
    change_weights(folder / TOWER, lambda weights: weights.update(extra))
    assert torch.equal(fingerprint(load(folder)), fingerprint(load(tiny_checkpoint())))


def test_a_tokenizer_beside_the_adapter_comes_before_the_bases(folder: Path) -> None:
    for name in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copy(folder / "base" / name, folder / name)
    change_json(folder / "tokenizer_config.json", eos_token="<|end_of_text|>")
    assert load(tiny_checkpoint()).tokenizer.eos == "<|eot_id|>"
    assert load(folder).tokenizer.eos == "<|end_of_text|>"
    assert load(folder, eos="<|eot_id|>").tokenizer.eos == "<|eot_id|>"
    (folder / "base" / "tokenizer.json").unlink()
    assert load(folder).provenance.hash != load(tiny_checkpoint()).provenance.hash


def test_special_tokens_may_be_written_as_objects_or_in_a_map_of_their_own(folder: Path) -> None:
    config = folder / "base" / "tokenizer_config.json"
    change_json(config, eos_token={"content": "<|end_of_text|>", "special": True})
    assert load(folder).tokenizer.eos == "<|end_of_text|>"
    (folder / "base" / "special_tokens_map.json").write_text(config.read_text())
    config.unlink()
    assert load(folder).tokenizer.eos == "<|end_of_text|>"


def test_provenance_covers_adapter_base_and_tower(folder: Path) -> None:
    provenance = load(folder).provenance
    assert provenance.id == str(folder)
    assert provenance.revision is None
    assert provenance.weights_bytes == sum((folder / name).stat().st_size for name in (ADAPTER, BASE, TOWER))
    hashes = {provenance.hash}

    def nudge(weights: Weights) -> None:
        next(iter(weights.values())).flatten()[0] += 1

    for name in (ADAPTER, BASE, TOWER):
        change_weights(folder / name, nudge)
        hashes.add(load(folder).provenance.hash)
    change_json(folder / "adapter_config.json", lora_alpha=4)
    hashes.add(load(folder).provenance.hash)
    assert len(hashes) == 5


def remove(name: str) -> Callable[[Path], None]:
    return lambda folder: (folder / name).unlink()


def remove_folder(name: str) -> Callable[[Path], None]:
    return lambda folder: shutil.rmtree(folder / name)


def configure(name: str, **changes: Any) -> Callable[[Path], None]:
    return lambda folder: change_json(folder / name, **changes)


def adapt(**changes: Any) -> Callable[[Path], None]:
    return configure("adapter_config.json", **changes)


def reweigh(name: str, change: Callable[[Weights], object]) -> Callable[[Path], None]:
    return lambda folder: change_weights(folder / name, change)


def lose_the_connector(weights: Weights) -> None:
    for name in [name for name in weights if ".connector." in name]:
        del weights[name]


def lose_a_shard(folder: Path) -> None:
    (folder / "base" / shard(folder / "base", ".safetensors")[1]).unlink()


def truncate(folder: Path) -> None:
    path = folder / ADAPTER
    path.write_bytes(path.read_bytes()[:-1000])


def spoil_the_head(folder: Path) -> None:
    change_weights(folder / ADAPTER, lambda weights: weights.update({HEAD: head_of(folder) + 0.01}))


def shorten_the_vocabulary(folder: Path) -> None:
    config = folder / "base" / "config.json"
    size = json.loads(config.read_text())["vocab_size"] - 1
    change_json(config, vocab_size=size)

    def shorten(weights: Weights) -> None:
        for name in ("lm_head.weight", "model.embed_tokens.weight", "base_model.model.lm_head.lora_B.weight"):
            if name in weights:
                weights[name] = weights[name][:size].clone()

    for name in (BASE, ADAPTER):
        change_weights(folder / name, shorten)


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (remove("adapter_config.json"), r"no adapter_config\.json; name the folder of a VideoLLM-online adapter"),
        (adapt(peft_type="IA3"), "peft_type is 'IA3', which is not supported; supported: 'LORA'"),
        (adapt(use_dora=True), "use_dora is True"),
        (adapt(bias="all"), "bias is 'all'"),
        (adapt(rank_pattern={"q_proj": 8}), "rank_pattern is"),
        (adapt(r=0), "r is 0"),
        (adapt(r="many"), r"adapter_config\.json: not an adapter's config: .*r`"),
        (adapt(target_modules="(q_proj"), "target_modules is not a pattern"),
        (adapt(target_modules="encoder.*"), "target_modules is 'encoder.*', which no layer of the base model fits"),
        (adapt(target_modules=["q_proj"]), r"26 unexpected \(base_model\.model\.lm_head\.lora_A\.weight, .*\.\.\.\)"),
        (adapt(r=8), "of another shape"),
        (adapt(base_model_name_or_path=None), "names no base model; name one with --set base=FOLDER"),
        (adapt(base_model_name_or_path="/no/where"), r"'/no/where': no such folder.*--set base=FOLDER names another"),
        (remove(ADAPTER), r"no weights; expected adapter_model\.safetensors or adapter_model\.bin"),
        (truncate, r"adapter_model\.safetensors: cannot be read"),
        (reweigh(ADAPTER, lose_the_connector), r"no connector \(base_model\.model\.connector\.\*\)"),
        (reweigh(ADAPTER, lambda w: w.pop("base_model.model.connector.2.bias")), r"1 missing \(.*connector\.2\.bias\)"),
        (reweigh(ADAPTER, lambda w: w.pop(UPDATE)), r"1 missing \(.*up_proj\.lora_B\.weight\)"),
        (reweigh(ADAPTER, lambda w: w.update({"more": torch.ones(1)})), r"1 unexpected \(more\)"),
        (spoil_the_head, "is not the head of this base model; name the one it was trained on with --set base=FOLDER"),
        (configure("base/config.json", model_type="mistral"), "model_type is 'mistral', but .* built on 'llama'"),
        (configure("base/config.json", hidden_size="wide"), "hidden_size is 'wide'"),
        (configure("base/config.json", tie_word_embeddings=True), "tie_word_embeddings is true"),
        (configure("base/config.json", num_attention_heads=7), r"not a Llama config: .*attention heads \(7\)"),
        (configure("base/config.json", hidden_act="loud"), "no network can be built from their config"),
        (configure("base/config.json", intermediate_size=300), "6 of another shape"),
        (configure("base/config.json", num_hidden_layers=3), r"9 missing \(model\.layers\.2\."),
        (remove("base/config.json"), r"no config\.json of the base model"),
        (remove("base/tokenizer.json"), r"no tokenizer\.json; copy the language model's tokenizer"),
        (remove("base/tokenizer_config.json"), "names no bos_token"),
        (configure("base/tokenizer_config.json", eos_token="<|over|>"), r"the tokenizer has no token '<\|over\|>'"),
        (configure("base/tokenizer_config.json", eos_token=None), "names no eos_token; name it with --set eos=TOKEN"),
        (shorten_the_vocabulary, "it is another model's"),
        (remove(BASE), "no weights"),
        (lose_a_shard, r"1 of 2 weight files missing: model-00002-of-00002\.safetensors"),
        (remove("vision_tower/config.json"), r"no config\.json of a vision tower"),
        (configure("vision_tower/config.json", vision_config={"model_type": "clip_vision_model"}), "is a SigLIP"),
        (
            configure("vision_tower/config.json", vision_config={"model_type": "siglip", "hidden_size": 48}),
            "of another",
        ),
        (remove(TOWER), "no weights"),
    ],
)
def test_a_checkpoint_that_does_not_fit_is_refused_in_one_line(
    folder: Path, damage: Callable[[Path], None], message: str
) -> None:
    damage(folder)
    with pytest.raises(UserError, match=message) as refusal:
        load(folder)
    assert "\n" not in str(refusal.value)


def test_a_folder_that_is_no_json_is_refused(folder: Path) -> None:
    for name in ("adapter_config.json", "base/config.json", "vision_tower/config.json", "base/tokenizer_config.json"):
        path = folder / name
        before = path.read_text()
        path.write_text("[1]")
        with pytest.raises(UserError, match="not a JSON object"):
            load(folder)
        path.write_text(before)


def test_without_a_tower_beside_it_siglip_is_fetched(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tower = Path(shutil.move(folder / "vision_tower", folder.parent / "siglip"))
    asked = []

    def snapshot(name: str, **_: object) -> str:
        asked.append(name)
        return str(tower)

    monkeypatch.setattr(hub, "snapshot_download", snapshot)
    expected = fingerprint(load(tiny_checkpoint()))
    assert torch.equal(fingerprint(load(folder)), expected)
    assert set(asked) == {"google/siglip-large-patch16-384"}


@pytest.mark.parametrize(
    ("missing", "option"), [("base", "base model; --set base=FOLDER"), ("vision_tower", "vision tower; --set vision")]
)
def test_an_unreachable_part_is_named_with_the_option_for_it(
    folder: Path, monkeypatch: pytest.MonkeyPatch, missing: str, option: str
) -> None:
    shutil.rmtree(folder / missing)

    def unreachable(*_: object, **__: object) -> str:
        raise ConnectionError("no route to host\nand more")

    monkeypatch.setattr(hub, "snapshot_download", unreachable)
    with pytest.raises(UserError, match=f"the hub gave nothing.*{option}") as refusal:
        load(folder)
    assert "\n" not in str(refusal.value)
