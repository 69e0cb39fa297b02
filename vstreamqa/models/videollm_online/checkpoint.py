"""Load an adapter in the released format, its base model and its vision tower: folders, or names on the hub."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import torch

from vstreamqa.errors import UserError
from vstreamqa.models.shared.json_file import read_object
from vstreamqa.models.shared.provenance import provenance_of
from vstreamqa.models.shared.weights import Part, fill
from vstreamqa.models.videollm_online.adapter_weights import add_adapter
from vstreamqa.models.videollm_online.config import AdapterConfig, read_adapter_config, read_language_config
from vstreamqa.models.videollm_online.network import Network, build_network, make_buffers
from vstreamqa.models.videollm_online.options import Options
from vstreamqa.models.videollm_online.tokenizer import TOKENIZER_FILES, StreamTokenizer, load_tokenizer
from vstreamqa.models.videollm_online.vision import TowerConfig, read_tower_config
from vstreamqa.pretrained.hub import find_folder
from vstreamqa.pretrained.weights import WeightFiles
from vstreamqa.schema import Checkpoint

DEFAULT_TOWER = "google/siglip-large-patch16-384"
BASE_BESIDE = "base"
TOWER_BESIDE = "vision_tower"
TOWER_PREFIX = "vision_model."


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """A checkpoint in memory.

    Attributes:
        network: the modules with their weights.
        tokenizer: text to tokens and back.
        provenance: which weights these are. `hash` is SHA-256 over name and SHA-256 of every file of weights or
            settings of adapter, base and vision tower, `weights_bytes` the size of all weights on disk.
    """

    network: Network
    tokenizer: StreamTokenizer
    provenance: Checkpoint


@dataclass(frozen=True, slots=True, kw_only=True)
class _Folders:
    adapter: Path
    base: Path
    tower: Path

    def weights(self) -> tuple[WeightFiles, WeightFiles, WeightFiles]:
        """Return the weight files of adapter, base and tower."""
        return (
            WeightFiles.find(self.adapter, stems=("adapter_model", "adapter_model")),
            WeightFiles.find(self.base),
            WeightFiles.find(self.tower),
        )

    def settings(self, tokenizer: Path) -> list[Path]:
        """Return where files beside the weights may be that can change an answer."""
        paths = [self.adapter / "adapter_config.json", self.base / "config.json", self.tower / "config.json"]
        return paths + [tokenizer / name for name in TOKENIZER_FILES]


def load_checkpoint(
    checkpoint: str,
    options: Options,
    *,
    revision: str | None = None,
    name: str | None = None,
    device: torch.device,
    dtype: torch.dtype,
) -> Loaded:
    """Load a checkpoint.

    The base model is what the option names, else what adapter_config.json names: a folder within the adapter's, any
    other folder, or a name on the hub. The vision tower is what the option names, else the folder `vision_tower`
    within the adapter's, else SigLIP from the hub.

    Args:
        checkpoint: folder or hub name of the adapter.
        options: of the adapter.
        revision: hub revision of the adapter, None for the newest.
        name: what to call it in records, if not as given.
        device: where to put the weights.
        dtype: type of the language model's and the connector's weights; the tower's are float32.

    Raises:
        UserError: something is missing, damaged, or of another architecture.
    """
    adapter = find_folder(checkpoint, revision)
    config = read_adapter_config(adapter)
    folders = _Folders(adapter=adapter, base=_base(adapter, config, options), tower=_tower(adapter, options))
    files = folders.weights()
    network = _build(folders, options)
    _fill(network, files, config, folders, merge=options.merge, device=device, dtype=dtype)
    tokenizer, place = load_tokenizer(
        (folders.adapter, folders.base), vocab_size=network.language.config.vocab_size, eos=options.eos
    )
    return Loaded(
        network=network,
        tokenizer=tokenizer,
        provenance=provenance_of(
            checkpoint,
            folder=adapter,
            revision=revision,
            name=name,
            files=files,
            settings=folders.settings(place),
        ),
    )


def _base(adapter: Path, config: AdapterConfig, options: Options) -> Path:
    named = options.base or config.base_model_name_or_path
    if not named:
        raise UserError(f"{adapter}: adapter_config.json names no base model; name one with --set base=FOLDER")
    if options.base is None and (adapter / named).is_dir():
        return adapter / named
    return _find(named, None if options.base else config.revision, "base")


def _tower(adapter: Path, options: Options) -> Path:
    if options.vision is None and (adapter / TOWER_BESIDE).is_dir():
        return adapter / TOWER_BESIDE
    return _find(options.vision or DEFAULT_TOWER, None, "vision")


def _find(named: str, revision: str | None, option: str) -> Path:
    try:
        return find_folder(named, revision)
    except UserError as error:
        what = "base model" if option == "base" else "vision tower"
        raise UserError(f"{error} (it is the {what}; --set {option}=FOLDER names another)") from error


def _build(folders: _Folders, options: Options) -> Network:
    language, tower = read_language_config(folders.base), _read_tower_config(folders.tower)
    try:
        return build_network(options.layout, tower, language)
    except Exception as error:  # what impossible sizes and names make torch and transformers raise is manifold
        reason = " ".join(str(error).split())
        raise UserError(
            f"{folders.base} and {folders.tower}: no network can be built from their config.json"
            f" ({type(error).__name__}: {reason})"
        ) from error


def _read_tower_config(folder: Path) -> TowerConfig:
    path = folder / "config.json"
    values = read_object(path)
    if values is None:
        raise UserError(f"{folder}: no config.json of a vision tower; name another with --set vision=FOLDER")
    return read_tower_config(path, values)


def _fill(
    network: Network,
    files: tuple[WeightFiles, WeightFiles, WeightFiles],
    config: AdapterConfig,
    folders: _Folders,
    *,
    merge: bool,
    device: torch.device,
    dtype: torch.dtype,
) -> None:
    adapter, base, tower = files
    language = Part(
        prefix="", module=network.language, dtype=dtype, ignores=lambda key: key.endswith("rotary_emb.inv_freq")
    )
    fill((language,), base.tensors(), device=device, place=str(folders.base))
    add_adapter(network, adapter, config, merge=merge, place=str(folders.adapter))
    vision = Part(
        prefix=TOWER_PREFIX,
        module=network.tower,
        dtype=torch.float32,
        ignores=lambda key: key == "embeddings.position_ids",
    )
    seen = ((name, tensor) for name, tensor in tower.tensors() if name.startswith(TOWER_PREFIX))
    fill((vision,), seen, device=device, place=str(folders.tower))
    make_buffers(network, device)
