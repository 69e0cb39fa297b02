"""Load a checkpoint in the released format: a folder, or a name on the Hugging Face hub."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import msgspec
import torch

from vstreamqa.errors import UserError
from vstreamqa.models.flash_vstream_qwen.config import FlashVStreamQwenConfig, as_ids, read_config
from vstreamqa.models.flash_vstream_qwen.network import Network, build_network, make_buffers
from vstreamqa.models.flash_vstream_qwen.preprocessing import Preprocessing, read_preprocessing
from vstreamqa.models.flash_vstream_qwen.tokenizer import ChatTokenizer, load_tokenizer
from vstreamqa.models.shared.json_file import read_object
from vstreamqa.models.shared.provenance import provenance_of
from vstreamqa.models.shared.weights import Part, fill
from vstreamqa.pretrained.hub import find_folder
from vstreamqa.pretrained.weights import WeightFiles
from vstreamqa.schema import Checkpoint

MERGER_PREFIX = "visual.merger."
TOWER_PREFIX = "visual."

_SETTINGS = (
    "config.json",
    "generation_config.json",
    "preprocessor_config.json",
    "tokenizer.json",
    "tokenizer_config.json",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """A checkpoint in memory.

    Attributes:
        network: the modules with their weights.
        tokenizer: text to tokens and back.
        end: every token that ends an answer.
        provenance: which weights these are. `hash` is SHA-256 over name and SHA-256 of every file of weights or
            settings, `weights_bytes` the size of the weights on disk.
    """

    network: Network
    tokenizer: ChatTokenizer
    end: frozenset[int]
    provenance: Checkpoint


def load_checkpoint(
    checkpoint: str,
    *,
    revision: str | None = None,
    name: str | None = None,
    device: torch.device,
    dtype: torch.dtype,
) -> Loaded:
    """Load a checkpoint.

    Args:
        checkpoint: folder or hub name.
        revision: hub revision, None for the newest.
        name: what to call it in records, if not as given.
        device: where to put the weights.
        dtype: type of the weights.

    Raises:
        UserError: something is missing, damaged, or of another architecture.
    """
    folder = find_folder(checkpoint, revision)
    config = read_config(folder / "config.json")
    tokenizer = load_tokenizer(folder, vocab_size=config.vocab_size)
    end = config.eos_token_ids | _generation_end(folder / "generation_config.json") | {tokenizer.turn_end}
    network, files = load_network(folder, config, device=device, dtype=dtype)
    return Loaded(
        network=network,
        tokenizer=tokenizer,
        end=end,
        provenance=provenance_of(
            checkpoint,
            folder=folder,
            revision=revision,
            name=name,
            files=(files,),
            settings=(folder / file for file in _SETTINGS),
        ),
    )


def load_network(
    folder: Path, config: FlashVStreamQwenConfig, *, device: torch.device, dtype: torch.dtype
) -> tuple[Network, WeightFiles]:
    """Load the modules of a checkpoint's folder; return them and the files they came from.

    The checkpoint's names are those of Qwen2-VL in transformers 4.45: `visual.*`, `model.*`, `lm_head.weight`.

    Raises:
        UserError: weights are missing, damaged, or do not fit the config.
    """
    files = WeightFiles.find(folder)
    network = _build(config, _preprocessing(folder, config), folder / "config.json")
    parts = (
        Part(prefix=MERGER_PREFIX, module=network.merger, dtype=dtype),
        Part(prefix=TOWER_PREFIX, module=network.tower, dtype=dtype),
        Part(prefix="", module=network.language, dtype=dtype, ignores=lambda key: key.endswith("rotary_emb.inv_freq")),
    )
    fill(parts, files.tensors(), device=device, place=str(folder))
    make_buffers(network)
    return network, files


def _build(config: FlashVStreamQwenConfig, preprocessing: Preprocessing, place: Path) -> Network:
    try:
        return build_network(config, preprocessing)
    except Exception as error:  # what an impossible size or name makes torch and transformers raise is manifold
        reason = str(error).strip().partition("\n")[0]
        raise UserError(f"{place}: no network can be built from it ({type(error).__name__}: {reason})") from error


def _preprocessing(folder: Path, config: FlashVStreamQwenConfig) -> Preprocessing:
    path = folder / "preprocessor_config.json"
    return read_preprocessing(read_object(path) or {}, patch_size=config.vision.patch_size, place=str(path))


def _generation_end(path: Path) -> frozenset[int]:
    value = (read_object(path) or {}).get("eos_token_id")
    try:
        return as_ids(msgspec.convert(value, int | tuple[int, ...] | None))
    except msgspec.ValidationError as error:
        raise UserError(f"{path}: eos_token_id: {error}") from error
