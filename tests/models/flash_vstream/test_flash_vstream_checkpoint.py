import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from flash_vstream_tiny import tiny_checkpoint
from safetensors.torch import load_file, save_file
from torch import Tensor

from vstreamqa.errors import UserError
from vstreamqa.models.base import LoadRequest
from vstreamqa.models.flash_vstream import FlashVStream
from vstreamqa.models.flash_vstream.checkpoint import TOWER_PREFIX, Loaded, load_checkpoint
from vstreamqa.models.flash_vstream.options import VisionSource
from vstreamqa.models.flash_vstream.tiny import make_tiny
from vstreamqa.pretrained import hub

Weights = dict[str, Tensor]
PROBE = torch.arange(64 * 64 * 3).reshape(1, 64, 64, 3).remainder(251).to(torch.uint8)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(tiny_checkpoint(), tmp_path / "checkpoint"))


def load(folder: Path, vision: VisionSource = "shard") -> Loaded:
    return load_checkpoint(str(folder), vision=vision, device=torch.device("cpu"), dtype=torch.float32)


@torch.inference_mode()
def fingerprint(loaded: Loaded) -> Tensor:
    """What a frame comes to at the end of every module."""
    network = loaded.network
    features = network.features(PROBE)
    abstract = network.attention(network.frames(features.expand(3, -1, -1)), 1)
    ids = torch.arange(20)[None]
    logits = network.language(inputs_embeds=network.language.get_input_embeddings()(ids)).logits
    return torch.cat([network.project(features).flatten(), abstract.flatten(), logits.flatten()])


def change_config(folder: Path, **changes: Any) -> None:
    path = folder / "config.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))


def change_weights(folder: Path, change: Callable[[Weights], None]) -> None:
    weights = load_file(folder / "model.safetensors")
    change(weights)
    save_file(weights, folder / "model.safetensors")


def shard(folder: Path, suffix: str) -> list[str]:
    """Split the weights into two files with an index."""
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
def test_sharded_weights_load_like_a_single_file(folder: Path, suffix: str) -> None:
    expected = load(tiny_checkpoint())
    shard(folder, suffix)
    found = load(folder)
    assert torch.equal(fingerprint(found), fingerprint(expected))
    assert found.provenance.hash != expected.provenance.hash


def test_rotary_frequencies_of_old_files_are_left_out(folder: Path) -> None:
    def add(weights: Weights) -> None:
        weights["model.layers.0.self_attn.rotary_emb.inv_freq"] = torch.zeros(16)
        weights["model.attention_model.out_ln.weight"] = torch.ones(96)

    change_weights(folder, add)
    assert torch.equal(fingerprint(load(folder)), fingerprint(load(tiny_checkpoint())))


def test_the_hash_follows_the_weights(folder: Path) -> None:
    assert load(folder).provenance.hash == load(tiny_checkpoint()).provenance.hash

    def nudge(weights: Weights) -> None:
        weights["lm_head.weight"][0, 0] += 1

    change_weights(folder, nudge)
    assert load(folder).provenance.hash != load(tiny_checkpoint()).provenance.hash


def test_provenance_names_the_checkpoint_and_its_size(folder: Path) -> None:
    provenance = load(folder).provenance
    assert provenance.id == str(folder)
    assert provenance.revision is None
    assert provenance.weights_bytes == (folder / "model.safetensors").stat().st_size


def test_a_hub_snapshot_gives_its_commit_and_the_hash_its_blobs_are_named_after(folder: Path, tmp_path: Path) -> None:
    snapshot = tmp_path / "models--a--b" / "snapshots" / "c0ffee"
    blob = tmp_path / "models--a--b" / "blobs" / ("ab" * 32)
    shutil.copytree(folder, snapshot)
    blob.parent.mkdir()
    (snapshot / "model.safetensors").rename(blob)
    (snapshot / "model.safetensors").symlink_to(blob)

    provenance = load(snapshot).provenance

    assert provenance.revision == "c0ffee"
    blob.write_bytes(blob.read_bytes())
    assert load(snapshot).provenance.hash == provenance.hash
    renamed = blob.with_name("cd" * 32)
    blob.rename(renamed)
    (snapshot / "model.safetensors").unlink()
    (snapshot / "model.safetensors").symlink_to(renamed)
    assert load(snapshot).provenance.hash != provenance.hash


def test_stock_vision_weights_replace_those_of_the_shard(folder: Path) -> None:
    weights = load_file(folder / "model.safetensors")
    stock = {
        f"vision_model.{key.removeprefix(TOWER_PREFIX)}": tensor
        for key, tensor in weights.items()
        if key.startswith(TOWER_PREFIX)
    }
    stock |= {"vision_model.post_layernorm.weight": torch.ones(96), "text_model.final_layer_norm.bias": torch.ones(3)}
    save_file(stock, folder / "vision_tower" / "model.safetensors")

    def silence(weights: Weights) -> None:
        weights[f"{TOWER_PREFIX}embeddings.class_embedding"].zero_()

    change_weights(folder, silence)

    assert torch.equal(fingerprint(load(folder, "stock")), fingerprint(load(tiny_checkpoint())))
    assert not torch.equal(fingerprint(load(folder, "shard")), fingerprint(load(tiny_checkpoint())))


def test_a_clip_tower_without_config_is_read_from_its_weights(folder: Path) -> None:
    shutil.rmtree(folder / "vision_tower")
    change_config(folder, mm_vision_tower="someone/clip-vit-tiny-patch8", mm_vision_select_layer=-1)
    tower = load(folder).network.tower
    assert tower.image_size == 64
    assert tower.feature_shape == (64, 96)
    # The checkpoint's third layer was never written, so two are there, and the last one's output is selected.
    assert len(tower.encoder.layers) == 2


def test_preprocessing_comes_from_the_checkpoint_or_is_clips(folder: Path) -> None:
    path = folder / "preprocessor_config.json"
    values = json.loads(path.read_text())
    path.write_text(json.dumps({**values, "image_mean": [0.5, 0.5, 0.5]}))
    assert load(folder).network.normalisation.mean == (0.5, 0.5, 0.5)
    path.unlink()
    assert load(folder).network.normalisation.mean == tuple(values["image_mean"])
    path.write_text(json.dumps({**values, "size": {"shortest_edge": 72}}))
    with pytest.raises(UserError, match=r"preprocessor_config\.json: .*72.* not supported"):
        load(folder)


def remove(name: str) -> Callable[[Path], None]:
    return lambda folder: (folder / name).unlink()


def configure(**changes: Any) -> Callable[[Path], None]:
    return lambda folder: change_config(folder, **changes)


def reweigh(change: Callable[[Weights], Any]) -> Callable[[Path], None]:
    return lambda folder: change_weights(folder, lambda weights: void(change(weights)))


def void(_: object) -> None:
    pass


def lose_a_shard(folder: Path) -> None:
    (folder / shard(folder, ".bin")[1]).unlink()


def truncate(folder: Path) -> None:
    path = folder / "model.safetensors"
    path.write_bytes(path.read_bytes()[:-1000])


def pickle_something_else(folder: Path) -> None:
    (folder / "model.safetensors").unlink()
    torch.save({"weights": Path("x")}, folder / "pytorch_model.bin")


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (configure(model_type="llava"), "model_type is 'llava', but Flash-VStream reads 'vstream'"),
        (configure(compress_type=None), "compress_type is None"),
        (configure(compress_type="max"), "compress_type is 'max'"),
        (configure(video_sample_type="kmerge"), "video_sample_type is 'kmerge'"),
        (configure(mm_use_im_start_end=True), "mm_use_im_start_end is True"),
        (configure(mm_vision_select_feature="cls_patch"), "mm_vision_select_feature is 'cls_patch'"),
        (configure(video_long_memory_length=0), "video_long_memory_length is 0"),
        (configure(hidden_size="wide"), r"config\.json: not a Flash-VStream config: .*hidden_size"),
        (configure(mm_projector_type="conv"), "mm_projector_type is 'conv'"),
        (configure(mm_vision_select_layer=-9), "mm_vision_select_layer is -9"),
        (configure(mm_vision_tower="unknown/tower"), "mm_vision_tower is 'unknown/tower'"),
        (configure(intermediate_size=300), r"9 of another shape \(model\.layers\.0\.mlp"),
        (configure(num_hidden_layers=4), r"9 missing \(model\.layers\.3\.input_layernorm\.weight, .*, \.\.\.\)"),
        (remove("config.json"), r"no config\.json"),
        (remove("tokenizer.json"), "copy the tokenizer"),
        (remove("model.safetensors"), "no weights"),
        (lose_a_shard, r"1 of 2 weight files missing: pytorch_model-00002-of-00002\.bin"),
        (truncate, r"model\.safetensors: cannot be read"),
        (pickle_something_else, r"pytorch_model\.bin: cannot be read"),
        (reweigh(lambda weights: weights.pop("lm_head.weight")), r"1 missing \(lm_head\.weight\)"),
        (
            reweigh(lambda weights: weights.update({"model.mm_projector.4.bias": torch.ones(1)})),
            r"1 unexpected \(model\.mm_projector\.4\.bias\)",
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


def test_an_unreachable_hub_is_a_mistake_of_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def unreachable(*_: object, **__: object) -> str:
        raise ConnectionError("no route to host\nand more")

    monkeypatch.setattr(hub, "snapshot_download", unreachable)
    with pytest.raises(
        UserError, match=r"'some/model': no such folder, and the hub gave nothing .*no route"
    ) as refusal:
        load(Path("some/model"))
    assert "\n" not in str(refusal.value)


def test_a_missing_folder_is_not_looked_for_on_the_hub(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub, "snapshot_download", lambda *_, **__: pytest.fail("asked the hub"))
    with pytest.raises(UserError, match="no such folder"):
        load(Path("/nowhere/at/all"))


def test_bin_files_of_a_repository_are_fetched_where_there_are_no_safetensors(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetched: list[list[str]] = []
    single = folder / "model.safetensors"
    torch.save(load_file(single), folder / "pytorch_model.bin")
    single.unlink()

    def snapshot(_: str, *, revision: str | None, allow_patterns: list[str]) -> str:
        assert revision == "main"
        fetched.append(allow_patterns)
        return str(folder)

    monkeypatch.setattr(hub, "snapshot_download", snapshot)
    loaded = load_checkpoint("some/model", revision="main", device=torch.device("cpu"), dtype=torch.float32)
    assert torch.equal(fingerprint(loaded), fingerprint(load(tiny_checkpoint())))
    assert loaded.provenance.id == "some/model"
    assert ["*.bin" in patterns for patterns in fetched] == [False, True]


def test_the_hash_of_a_checkpoint_covers_its_settings_too(tmp_path: Path) -> None:
    make_tiny(tmp_path / "a")
    before = FlashVStream.load(LoadRequest(checkpoint=str(tmp_path / "a"), device="cpu")).checkpoint
    path = tmp_path / "a" / "config.json"
    path.write_text(path.read_text().replace('"video_long_memory_length": 25', '"video_long_memory_length": 5'))
    after = FlashVStream.load(LoadRequest(checkpoint=str(tmp_path / "a"), device="cpu")).checkpoint
    assert before.hash != after.hash
    assert before.weights_bytes == after.weights_bytes
