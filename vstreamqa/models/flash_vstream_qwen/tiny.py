"""A tiny checkpoint in the released format, with random weights: the machinery is real, the answers are noise."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file

from vstreamqa.atomic import build_once
from vstreamqa.models.flash_vstream_qwen.checkpoint import MERGER_PREFIX, TOWER_PREFIX
from vstreamqa.models.flash_vstream_qwen.config import MODEL_TYPE, read_config
from vstreamqa.models.flash_vstream_qwen.network import build_network
from vstreamqa.models.flash_vstream_qwen.preprocessing import Preprocessing
from vstreamqa.models.flash_vstream_qwen.tokenizer import TURN_END, TURN_START
from vstreamqa.models.shared.json_file import write_object
from vstreamqa.models.shared.random_weights import random_weights
from vstreamqa.models.shared.tiny_tokenizer import word_tokenizer
from vstreamqa.resources import cache_folder

TINY_NAME = "flash-vstream-qwen-tiny-random"
_VERSION = 1
_SEED = 20250101

_END, _VISION_START, _VISION_END, _VIDEO = "<|endoftext|>", "<|vision_start|>", "<|vision_end|>", "<|video_pad|>"
_SPECIAL = (_END, TURN_START, TURN_END, _VISION_START, _VISION_END, "<|vision_pad|>", "<|image_pad|>", _VIDEO)

_CONFIG = {
    "architectures": ["FlashVStreamQwen2VLModel"],
    "model_type": MODEL_TYPE,
    "torch_dtype": "bfloat16",
    "hidden_size": 128,
    "intermediate_size": 320,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "hidden_act": "silu",
    "max_position_embeddings": 4096,
    "rms_norm_eps": 1e-6,
    "rope_theta": 1_000_000.0,
    "rope_scaling": {"type": "mrope", "mrope_section": [4, 6, 6]},
    "tie_word_embeddings": False,
    "vision_config": {
        "depth": 2,
        "embed_dim": 64,
        "hidden_size": 128,
        "hidden_act": "quick_gelu",
        "mlp_ratio": 2,
        "num_heads": 2,
        "in_channels": 3,
        "patch_size": 14,
        "spatial_merge_size": 2,
        "temporal_patch_size": 2,
        "flash_memory_config": {
            "flash_memory_temporal_length": 120,
            "flash_memory_temporal_method": "kmeans_ordered",
            "flash_memory_temporal_poolsize": 2,
            "flash_memory_temporal_pca_dim": 32,
            "flash_memory_spatial_length": 60,
            "flash_memory_spatial_method": "klarge_retrieve",
        },
    },
}
_PIXELS = {"min_pixels": 56 * 56, "max_pixels": 112 * 112}
"""Few, so that a frame is at most 8 x 8 patches."""


def tiny_folder() -> Path:
    """Return the folder of the tiny checkpoint in the user's cache (`VSTREAMQA_CACHE` moves it), made if need be."""
    folder = cache_folder() / "checkpoints" / f"{TINY_NAME}-{_VERSION}"
    make_tiny(folder)
    return folder


def make_tiny(folder: Path) -> None:
    """Write the tiny checkpoint; the folder appears whole or not at all.

    Frames of at most 112 x 112 pixels, a tower of 2 layers of 64, a language model of 2 layers of 128; the memory has
    the released lengths and comes to at most 720 visual tokens. The same bytes every time.

    Args:
        folder: where to put it; if it exists already, it is left as it is.
    """
    build_once(folder, _write)


def _write(folder: Path) -> None:
    tokenizer = word_tokenizer(_SPECIAL)
    ids = {name: tokenizer.token_to_id(token) for name, token in _token_names().items()}
    write_object(folder / "config.json", {**_CONFIG, **ids, "vocab_size": tokenizer.get_vocab_size()})
    write_object(folder / "generation_config.json", {"do_sample": False, "eos_token_id": ids["eos_token_id"]})
    write_object(folder / "preprocessor_config.json", _preprocessor())
    write_object(
        folder / "tokenizer_config.json", {"tokenizer_class": "PreTrainedTokenizerFast", "eos_token": TURN_END}
    )
    tokenizer.save(str(folder / "tokenizer.json"))
    network = build_network(read_config(folder / "config.json"), Preprocessing())
    modules = {TOWER_PREFIX: network.tower, MERGER_PREFIX: network.merger, "": network.language}
    tensors = dict(random_weights(modules, seed=_SEED, dtype=torch.bfloat16))
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})


def _token_names() -> dict[str, str]:
    return {
        "eos_token_id": TURN_END,
        "bos_token_id": _END,
        "vision_start_token_id": _VISION_START,
        "vision_end_token_id": _VISION_END,
        "video_token_id": _VIDEO,
    }


def _preprocessor() -> dict[str, Any]:
    normalisation = Preprocessing().normalisation
    return {
        "image_processor_type": "Qwen2VLImageProcessor",
        **_PIXELS,
        "size": _PIXELS,
        "patch_size": 14,
        "temporal_patch_size": 2,
        "merge_size": 2,
        "resample": 3,
        "rescale_factor": normalisation.rescale,
        "image_mean": normalisation.mean,
        "image_std": normalisation.std,
    }
