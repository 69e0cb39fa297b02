"""Write a checkpoint in the released format: the adapter, and in it its base model and its vision tower."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
from safetensors.torch import save_file
from tokenizers import Tokenizer
from torch import Tensor

from vstreamqa.models.shared.json_file import write_object
from vstreamqa.models.videollm_online.checkpoint import BASE_BESIDE, TOWER_BESIDE
from vstreamqa.models.videollm_online.stream_tokenizer import BOS, EOS
from vstreamqa.models.videollm_online.vision import TowerConfig

Weights = Mapping[str, Tensor]
"""Tensors by their names in a file."""


def write_settings(
    folder: Path, *, tokenizer: Tokenizer, tower: TowerConfig, language: Mapping[str, Any], adapter: Mapping[str, Any]
) -> dict[str, Any]:
    """Write everything but the weights into an empty folder.

    Args:
        folder: the folder.
        tokenizer: of the language model, as `stream_tokenizer` makes it.
        tower: shape of the vision tower.
        language: config.json of the base model, without what the tokenizer says.
        adapter: adapter_config.json.

    Returns:
        The whole config.json of the base model.
    """
    base, vision = folder / BASE_BESIDE, folder / TOWER_BESIDE
    base.mkdir()
    vision.mkdir()
    special = {"bos_token": BOS, "eos_token": EOS}
    whole = {**language, **tokenizer_settings(tokenizer)}
    write_object(folder / "adapter_config.json", dict(adapter))
    write_object(base / "config.json", whole)
    write_object(base / "tokenizer_config.json", {"tokenizer_class": "PreTrainedTokenizerFast", **special})
    siglip = {"model_type": "siglip_vision_model", **msgspec.structs.asdict(tower)}
    write_object(vision / "config.json", {"model_type": "siglip", "vision_config": siglip})
    tokenizer.save(str(base / "tokenizer.json"))
    return whole


def tokenizer_settings(tokenizer: Tokenizer) -> dict[str, Any]:
    """Return what a base model's config.json says of its tokenizer."""
    special = {"bos_token_id": BOS, "eos_token_id": EOS}
    ids = {name: tokenizer.token_to_id(token) for name, token in special.items()}
    return {"vocab_size": tokenizer.get_vocab_size(), **ids}


def write_weights(folder: Path, base: Weights, tower: Weights, adapter: Weights) -> None:
    """Write the weights, by their names in the files."""
    for path, tensors in (
        (f"{BASE_BESIDE}/model.safetensors", base),
        (f"{TOWER_BESIDE}/model.safetensors", tower),
        ("adapter_model.safetensors", adapter),
    ):
        save_file(dict(tensors), folder / path, metadata={"format": "pt"})
