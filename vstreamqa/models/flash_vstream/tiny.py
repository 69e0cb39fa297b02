"""A tiny checkpoint in the released format, with random weights: the machinery is real, the answers are noise."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import torch
from safetensors.torch import save_file
from tokenizers import AddedToken, Tokenizer, decoders, normalizers
from tokenizers.models import BPE
from torch import Tensor

from vstreamqa.atomic import build_once
from vstreamqa.models.flash_vstream.checkpoint import ATTENTION_PREFIX, PROJECTOR_PREFIX, TOWER_PREFIX
from vstreamqa.models.flash_vstream.config import read_config
from vstreamqa.models.flash_vstream.network import Network, build_network
from vstreamqa.models.flash_vstream.vision import Normalisation, TowerConfig
from vstreamqa.models.shared.words import WORDS
from vstreamqa.resources import cache_folder

TINY_NAME = "flash-vstream-tiny-random"
_VERSION = 1
_SEED = 20250101

_SPACE = "\N{LOWER ONE EIGHTH BLOCK}"
_SPECIAL = ("<unk>", "<s>", "</s>")
_CHARACTERS = [chr(code) for code in range(0x21, 0x7F)]

_TOWER = TowerConfig(
    hidden_size=96,
    intermediate_size=192,
    num_hidden_layers=3,
    num_attention_heads=4,
    image_size=64,
    patch_size=8,
)

_CONFIG = {
    "architectures": ["VStreamLlamaForCausalLM"],
    "model_type": "vstream",
    "torch_dtype": "float16",
    "hidden_size": 128,
    "intermediate_size": 320,
    "num_hidden_layers": 3,
    "num_attention_heads": 4,
    "num_key_value_heads": 4,
    "max_position_embeddings": 2048,
    "rms_norm_eps": 1e-5,
    "hidden_act": "silu",
    "bos_token_id": 1,
    "eos_token_id": 2,
    "pad_token_id": 0,
    "mm_vision_tower": "vision_tower",
    "mm_hidden_size": 96,
    "mm_vision_select_layer": -2,
    "mm_vision_select_feature": "patch",
    "mm_projector_type": "mlp2x_gelu",
    "mm_use_im_start_end": False,
    "mm_use_im_patch_token": False,
    "compress_type": "mean",
    "compress_size": 4,
    "compress_long_memory_size": 2,
    "compress_Turing_memory_size": 1,
    "compress_Turing_update_ratio": 0.2,
    "video_long_memory_length": 25,
    "video_Turing_memory_length": 25,
    "video_current_memory_length": 1,
    "video_sample_type": "weighted_kmeans",
    "tokenizer_model_max_length": 2048,
    "tokenizer_padding_side": "right",
}


def tiny_folder() -> Path:
    """Return the folder of the tiny checkpoint in the user's cache (`VSTREAMQA_CACHE` moves it), made if need be."""
    folder = cache_folder() / "checkpoints" / f"{TINY_NAME}-{_VERSION}"
    make_tiny(folder)
    return folder


def make_tiny(folder: Path) -> None:
    """Write the tiny checkpoint; the folder appears whole or not at all.

    64 x 64 pixels, 8 x 8 patches of 96, 189 visual tokens, LLaMA of 3 layers of 128. The same bytes every time.

    Args:
        folder: where to put it; if it exists already, it is left as it is.
    """
    build_once(folder, _write)


def _write(folder: Path) -> None:
    tokenizer = _tokenizer()
    (folder / "vision_tower").mkdir()
    _write_json(
        folder / "vision_tower" / "config.json", {"model_type": "clip_vision_model", **msgspec.structs.asdict(_TOWER)}
    )
    _write_json(folder / "config.json", {**_CONFIG, "vocab_size": tokenizer.get_vocab_size()})
    _write_json(folder / "preprocessor_config.json", _preprocessor())
    _write_json(folder / "tokenizer_config.json", _tokenizer_config())
    tokenizer.save(str(folder / "tokenizer.json"))
    network = build_network(read_config(folder / "config.json"), _TOWER, Normalisation())
    save_file(dict(_random_weights(network)), folder / "model.safetensors", metadata={"format": "pt"})


def _write_json(path: Path, values: dict[str, Any]) -> None:
    path.write_text(json.dumps(values, indent=1) + "\n")


def _preprocessor() -> dict[str, Any]:
    normalisation, size = Normalisation(), _TOWER.image_size
    return {
        "image_processor_type": "CLIPImageProcessor",
        "size": {"shortest_edge": size},
        "crop_size": {"height": size, "width": size},
        "resample": 3,
        "rescale_factor": normalisation.rescale,
        "image_mean": normalisation.mean,
        "image_std": normalisation.std,
    }


def _tokenizer_config() -> dict[str, Any]:
    return {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "unk_token": "<unk>",
        "bos_token": "<s>",
        "eos_token": "</s>",
        "clean_up_tokenization_spaces": False,
        "model_max_length": _CONFIG["tokenizer_model_max_length"],
    }


def _tokenizer() -> Tokenizer:
    """Build a BPE tokenizer that knows a list of English words; other words fall into characters, others into bytes."""
    vocabulary = {token: index for index, token in enumerate(_base_tokens())}
    merges = []
    for word in WORDS.split():
        for end in range(1, len(word) + 1):
            left, right = _SPACE + word[: end - 1], word[end - 1]
            if left + right not in vocabulary:
                vocabulary[left + right] = len(vocabulary)
                merges.append((left, right))
    tokenizer = Tokenizer(BPE(vocabulary, merges, unk_token="<unk>", fuse_unk=True, byte_fallback=True))  # noqa: S106
    tokenizer.normalizer = normalizers.Sequence([normalizers.Prepend(_SPACE), normalizers.Replace(" ", _SPACE)])
    tokenizer.decoder = decoders.Sequence(
        [decoders.Replace(_SPACE, " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)]
    )
    tokenizer.add_special_tokens([AddedToken(token, special=True, normalized=False) for token in _SPECIAL])
    return tokenizer


def _base_tokens() -> list[str]:
    return [*_SPECIAL, *(f"<0x{byte:02X}>" for byte in range(256)), _SPACE, *_CHARACTERS]


def _random_weights(network: Network) -> Iterator[tuple[str, Tensor]]:
    generator = torch.Generator().manual_seed(_SEED)
    modules = {
        TOWER_PREFIX: network.tower,
        PROJECTOR_PREFIX: network.projector,
        ATTENTION_PREFIX: network.attention,
        "": network.language,
    }
    for prefix, module in modules.items():
        for name, tensor in sorted(module.state_dict().items()):
            yield prefix + name, _random(name, tensor.shape, generator).to(torch.float16)


def _random(name: str, shape: torch.Size, generator: torch.Generator) -> Tensor:
    """Draw a weight; layer norms start at one, biases at zero, matrices keep the scale of what they multiply."""
    if name.endswith("bias"):
        return torch.zeros(shape)
    if "norm" in name:
        return torch.ones(shape)
    fan_in = shape[1:].numel() if len(shape) > 1 else shape.numel()
    scale = 1.0 if "embed_tokens" in name else fan_in**-0.5
    return torch.randn(shape, generator=generator) * scale
