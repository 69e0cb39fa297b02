"""Load a checkpoint in the released format: a folder, or a name on the Hugging Face hub."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch

from vstreamqa.errors import UserError
from vstreamqa.models.flash_vstream.config import FlashVStreamConfig, read_config
from vstreamqa.models.flash_vstream.network import Network, build_network, make_buffers
from vstreamqa.models.flash_vstream.options import VisionSource
from vstreamqa.models.flash_vstream.pooling import pool
from vstreamqa.models.flash_vstream.tokenizer import TextTokenizer, load_tokenizer
from vstreamqa.models.flash_vstream.vision import (
    TowerConfig,
    config_from_shapes,
    read_normalisation,
    unused_tower_key,
)
from vstreamqa.models.shared.json_file import as_struct, read_object
from vstreamqa.models.shared.normalisation import Normalisation
from vstreamqa.models.shared.provenance import provenance_of
from vstreamqa.models.shared.weights import Part, fill
from vstreamqa.pretrained.hub import find_folder
from vstreamqa.pretrained.weights import WeightFiles
from vstreamqa.schema import Checkpoint

TOWER_PREFIX = "model.vision_tower.vision_tower.vision_model."
PROJECTOR_PREFIX = "model.mm_projector."
ATTENTION_PREFIX = "model.attention_model."
STOCK_TOWER_PREFIX = "vision_model."

_UNUSED_ATTENTION = ("v_proj.", "out_proj.", "out_ln.")
_STOCK_BESIDE = ("text_model.", "visual_projection.", "text_projection.", "logit_scale")
_SETTINGS = ("config.json", "preprocessor_config.json", "tokenizer.model", "tokenizer.json", "tokenizer_config.json")


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """A checkpoint in memory.

    Attributes:
        network: the modules with their weights.
        tokenizer: text to tokens and back.
        provenance: which weights these are. `hash` is SHA-256 over name and SHA-256 of every file of weights or
            settings (tokenizer and vision tower included), `weights_bytes` the size of the weights on disk.
    """

    network: Network
    tokenizer: TextTokenizer
    provenance: Checkpoint


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tower:
    """Where the vision tower comes from.

    Attributes:
        config: its configuration.
        normalisation: its preprocessing.
        files: its own weight files, None if the checkpoint's shards hold it.
    """

    config: TowerConfig
    normalisation: Normalisation
    files: WeightFiles | None


def load_checkpoint(
    checkpoint: str,
    *,
    revision: str | None = None,
    name: str | None = None,
    vision: VisionSource = "shard",
    device: torch.device,
    dtype: torch.dtype,
) -> Loaded:
    """Load a checkpoint.

    Args:
        checkpoint: folder or hub name.
        revision: hub revision, None for the newest.
        name: what to call it in records, if not as given.
        vision: where the vision tower's weights come from.
        device: where to put the weights.
        dtype: type of the weights. The memory is float32 with float32 weights, and float16 otherwise, to which the
            original casts it whatever the weights are.

    Raises:
        UserError: something is missing, damaged, or of another architecture.
    """
    folder = find_folder(checkpoint, revision)
    network, files = load_network(folder, vision=vision, device=device, dtype=dtype)
    return Loaded(
        network=network,
        tokenizer=load_tokenizer(folder, vocab_size=network.config.vocab_size),
        provenance=provenance_of(
            checkpoint,
            folder=folder,
            revision=revision,
            name=name,
            files=files,
            settings=_settings_files(folder, network.config, files),
        ),
    )


def load_network(
    folder: Path, *, vision: VisionSource, device: torch.device, dtype: torch.dtype
) -> tuple[Network, tuple[WeightFiles, ...]]:
    """Load the modules of a checkpoint's folder, see `load_checkpoint`; return them and the files they came from."""
    config = read_config(folder / "config.json")
    files = WeightFiles.find(folder)
    tower = _stock_tower(folder, config) if vision == "stock" else _shard_tower(folder, config, files)
    memory_dtype = torch.float32 if dtype == torch.float32 else torch.float16
    network = _build(config, tower, memory_dtype=memory_dtype, place=folder / "config.json")
    _fill_network(network, files, tower, device=device, dtype=dtype, folder=folder)
    return network, (files,) if tower.files is None else (files, tower.files)


def _build(config: FlashVStreamConfig, tower: _Tower, *, memory_dtype: torch.dtype, place: Path) -> Network:
    try:
        network = build_network(config, tower.config, tower.normalisation, memory_dtype=memory_dtype)
    except UserError:
        raise
    except Exception as error:  # what an impossible size or name makes torch and transformers raise is manifold
        reason = str(error).strip().partition("\n")[0]
        raise UserError(f"{place}: no network can be built from it ({type(error).__name__}: {reason})") from error
    _try_pooling(network, place)
    return network


def _try_pooling(network: Network, place: Path) -> None:
    """Pool an empty frame to every size of the memory, to see that they fit the tower's grid."""
    sizes = network.config.memory_sizes
    patches, _ = network.tower.feature_shape
    try:
        frame = pool(torch.zeros(1, patches, 1), sizes.frame)
        for side in (sizes.temporal, sizes.abstract):
            pool(frame, side)
    except UserError as error:
        raise UserError(f"{place}: {error}") from error


def _settings_files(folder: Path, config: FlashVStreamConfig, files: tuple[WeightFiles, ...]) -> list[Path]:
    """Return where files beside the weights may be that can change an answer."""
    places = (folder, folder / config.mm_vision_tower, *(group.paths[0].parent for group in files))
    return [place / name for place in dict.fromkeys(places) for name in _SETTINGS]


def _fill_network(
    network: Network, files: WeightFiles, tower: _Tower, *, device: torch.device, dtype: torch.dtype, folder: Path
) -> None:
    depth = len(network.tower.encoder.layers)

    def in_tower(key: str) -> bool:
        return unused_tower_key(key, depth)

    own_tower = Part(prefix=TOWER_PREFIX, module=network.tower, dtype=dtype, ignores=in_tower)
    left_out = Part(prefix=TOWER_PREFIX, module=torch.nn.Identity(), dtype=dtype, ignores=lambda _: True)
    memory_dtype = network.memory_dtype
    parts = (
        own_tower if tower.files is None else left_out,
        Part(prefix=PROJECTOR_PREFIX, module=network.projector, dtype=dtype),
        Part(
            prefix=ATTENTION_PREFIX,
            module=network.attention,
            dtype=memory_dtype,
            ignores=lambda key: key.startswith(_UNUSED_ATTENTION),
        ),
        Part(prefix="", module=network.language, dtype=dtype, ignores=lambda key: key.endswith("rotary_emb.inv_freq")),
    )
    fill(parts, files.tensors(), device=device, place=str(folder))
    if tower.files is not None:
        _fill_stock_tower(network, tower.files, device=device, dtype=dtype, ignores=in_tower)
    make_buffers(network, device)


def _fill_stock_tower(
    network: Network, files: WeightFiles, *, device: torch.device, dtype: torch.dtype, ignores: Callable[[str], bool]
) -> None:
    tensors = ((key, tensor) for key, tensor in files.tensors() if not key.startswith(_STOCK_BESIDE))
    part = Part(prefix=STOCK_TOWER_PREFIX, module=network.tower, dtype=dtype, ignores=ignores)
    fill((part,), tensors, device=device, place=str(files.paths[0].parent))


def _stock_tower(folder: Path, config: FlashVStreamConfig) -> _Tower:
    beside = folder / config.mm_vision_tower
    place = beside if beside.is_dir() else find_folder(config.mm_vision_tower, None)
    tower = _read_tower_config(place)
    return _Tower(config=tower, normalisation=_normalisation(tower, folder, place), files=WeightFiles.find(place))


def _shard_tower(folder: Path, config: FlashVStreamConfig, files: WeightFiles) -> _Tower:
    place = folder / config.mm_vision_tower
    tower = _read_tower_config(place) if (place / "config.json").exists() else _tower_from_weights(config, files)
    return _Tower(config=tower, normalisation=_normalisation(tower, folder, place), files=None)


def _tower_from_weights(config: FlashVStreamConfig, files: WeightFiles) -> TowerConfig:
    shapes = {key.removeprefix(TOWER_PREFIX): shape for key, shape in files.shapes() if key.startswith(TOWER_PREFIX)}
    if not shapes:
        raise UserError(f"{files.paths[0].parent}: its weights hold no vision tower; use --set vision=stock")
    return config_from_shapes(shapes, config.mm_vision_tower)


def _read_tower_config(place: Path) -> TowerConfig:
    path = place / "config.json"
    values = read_object(path)
    if values is None:
        raise UserError(f"{place}: no config.json of a CLIP vision tower (mm_vision_tower)")
    values = values.get("vision_config", values)
    if values.get("model_type") != "clip_vision_model":
        raise UserError(f"{path}: model_type is {values.get('model_type')!r}, not 'clip_vision_model'")
    return as_struct(values, TowerConfig, path=path, what="a CLIP vision config")


def _normalisation(tower: TowerConfig, *folders: Path) -> Normalisation:
    for folder in folders:
        path = folder / "preprocessor_config.json"
        values = read_object(path)
        if values is not None:
            return read_normalisation(values, image_size=tower.image_size, place=str(path))
    return Normalisation()
