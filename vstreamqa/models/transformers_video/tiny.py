"""Tiny checkpoints of every family, with random weights: the machinery is real, the answers are noise."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import torch
import transformers
from tokenizers import Tokenizer

from vstreamqa.atomic import build_once
from vstreamqa.models.shared.json_file import write_object
from vstreamqa.models.shared.normalisation import CLIP_MEAN, CLIP_STD
from vstreamqa.models.shared.random_weights import random_weight
from vstreamqa.models.shared.tiny_tokenizer import word_tokenizer
from vstreamqa.models.transformers_video.families import FAMILIES
from vstreamqa.pretrained.quiet import quiet_transformers
from vstreamqa.resources import cache_folder

_VERSION = 1
_SEED = 20250101
_SHARPNESS = 2.0
"""How much larger queries and keys are drawn: attention then picks single tokens, and an answer hangs on each frame."""
_HALF = (0.5, 0.5, 0.5)
_CHATML = ("<|endoftext|>", "<|im_start|>", "<|im_end|>")
_QWEN = (*_CHATML, "<|vision_start|>", "<|vision_end|>", "<|image_pad|>", "<|video_pad|>")
_LLAMA = ("<unk>", "<s>", "</s>", "<image>", "<video>")

_TEXT = {
    "hidden_size": 64,
    "intermediate_size": 128,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "max_position_embeddings": 4096,
    "tie_word_embeddings": False,
}
_MROPE = {"rope_type": "default", "rope_theta": 1e6, "mrope_section": [2, 3, 3]}
_TOWER = {
    "hidden_size": 32,
    "intermediate_size": 64,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "image_size": 56,
    "patch_size": 14,
}
_SQUARE = {"do_center_crop": False, "size": {"height": 56, "width": 56}}
_CROP = {"do_center_crop": True, "size": {"shortest_edge": 56}, "crop_size": {"height": 56, "width": 56}}

Ids = Callable[[str], int | None]
"""Number of a token."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Recipe:
    """What makes a tiny checkpoint of a family.

    Attributes:
        special: special tokens of its tokenizer.
        end: the one that ends an answer.
        config: config.json, given the numbers of tokens; `vocab_size` is added to the text's.
        frames: preprocessor_config.json, beside mean and deviation.
        mean: of pixel values.
        deviation: of pixel values.
    """

    special: tuple[str, ...]
    end: str
    config: Callable[[Ids], dict[str, Any]]
    frames: Mapping[str, Any]
    mean: tuple[float, ...] = CLIP_MEAN
    deviation: tuple[float, ...] = CLIP_STD


def tiny_name(family: str) -> str:
    """Return what a tiny checkpoint is called in records."""
    return f"{family}-tiny-random"


def tiny_folder(family: str) -> Path:
    """Return the folder of a tiny checkpoint in the user's cache (`VSTREAMQA_CACHE` moves it), made if need be."""
    folder = cache_folder() / "checkpoints" / f"{tiny_name(family)}-{_VERSION}"
    make_tiny(family, folder)
    return folder


def make_tiny(family: str, folder: Path) -> None:
    """Write a tiny checkpoint; the folder appears whole or not at all.

    Frames of 56 x 56 pixels (Qwen's: at most), towers and language models of 2 layers, about 0.2 million parameters, in
    the files and under the names that released checkpoints have. The same weights every time.

    Args:
        family: `model_type` of one of the families.
        folder: where to put it; if it exists already, it is left as it is.
    """
    build_once(folder, partial(_write, _RECIPES[family], family))


def _write(recipe: _Recipe, family: str, folder: Path) -> None:
    tokenizer = word_tokenizer(recipe.special)
    model = _model(recipe, family, tokenizer)
    with torch.no_grad():
        generator = torch.Generator().manual_seed(_SEED)
        for name, tensor in sorted(model.state_dict().items()):
            factor = _SHARPNESS if name.endswith(("q_proj.weight", "k_proj.weight")) else 1.0
            tensor.copy_(random_weight(name, tensor.shape, generator, factor=factor))
    model.generation_config.eos_token_id = tokenizer.token_to_id(recipe.end)
    with quiet_transformers():
        model.save_pretrained(folder)
    tokenizer.save(str(folder / "tokenizer.json"))
    write_object(folder / "preprocessor_config.json", _frames(recipe))


def _model(recipe: _Recipe, family: str, tokenizer: Tokenizer) -> Any:
    values = recipe.config(tokenizer.token_to_id)
    values["text_config"] = {
        **values["text_config"],
        "vocab_size": tokenizer.get_vocab_size(),
        "eos_token_id": tokenizer.token_to_id(recipe.end),
        "pad_token_id": None,
        "bos_token_id": None,
    }
    config = transformers.AutoConfig.for_model(family, tie_word_embeddings=False, **values)
    return getattr(transformers, FAMILIES[family].model_class)(config)


def _frames(recipe: _Recipe) -> dict[str, Any]:
    return {**recipe.frames, "resample": 3, "image_mean": recipe.mean, "image_std": recipe.deviation}


def _qwen(ids: Ids, vision: Mapping[str, Any], text: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "text_config": {**_TEXT, "rope_parameters": _MROPE, **text},
        "vision_config": {"patch_size": 14, "spatial_merge_size": 2, "temporal_patch_size": 2, "depth": 2, **vision},
        "image_token_id": ids("<|image_pad|>"),
        "video_token_id": ids("<|video_pad|>"),
        "vision_start_token_id": ids("<|vision_start|>"),
        "vision_end_token_id": ids("<|vision_end|>"),
    }


def _llava(ids: Ids, text: str, tower: str, **others: Any) -> dict[str, Any]:
    return {
        "text_config": {**_TEXT, "model_type": text},
        "vision_config": {**_TOWER, "model_type": tower},
        "image_token_index": ids("<image>"),
        "video_token_index": ids("<video>"),
        **others,
    }


def _internvl(ids: Ids) -> dict[str, Any]:
    return {
        "text_config": {**_TEXT, "model_type": "qwen2"},
        "vision_config": {**_TOWER, "image_size": [56, 56], "patch_size": [14, 14], "num_channels": 3},
        "image_token_id": ids("<IMG_CONTEXT>"),
        "image_seq_length": 4,
    }


def _smolvlm(ids: Ids) -> dict[str, Any]:
    return {
        "text_config": {**_TEXT, "model_type": "llama"},
        "vision_config": {**_TOWER, "model_type": "smolvlm_vision"},
        "image_token_id": ids("<image>"),
        "scale_factor": 2,
    }


_QWEN_2 = {"embed_dim": 32, "hidden_size": 64, "mlp_ratio": 2, "num_heads": 2}
_QWEN_2_5 = {
    "hidden_size": 32,
    "out_hidden_size": 64,
    "intermediate_size": 64,
    "num_heads": 2,
    "window_size": 56,
    "fullatt_block_indexes": [1],
    "tokens_per_second": 2,
}
_QWEN_3 = {
    "hidden_size": 32,
    "out_hidden_size": 64,
    "intermediate_size": 64,
    "num_heads": 2,
    "num_position_embeddings": 16,
    "deepstack_visual_indexes": [0],
    "patch_size": 16,
}
_QWEN_FRAMES = {"min_pixels": 28 * 28, "max_pixels": 56 * 56}

_RECIPES: Mapping[str, _Recipe] = {
    "qwen2_vl": _Recipe(
        special=_QWEN, end="<|im_end|>", config=lambda ids: _qwen(ids, _QWEN_2, {}), frames=_QWEN_FRAMES
    ),
    "qwen2_5_vl": _Recipe(
        special=_QWEN, end="<|im_end|>", config=lambda ids: _qwen(ids, _QWEN_2_5, {}), frames=_QWEN_FRAMES
    ),
    "qwen3_vl": _Recipe(
        special=_QWEN,
        end="<|im_end|>",
        config=lambda ids: _qwen(ids, _QWEN_3, {"head_dim": 16}),
        frames={"size": {"shortest_edge": 32 * 32, "longest_edge": 64 * 64}},
        mean=_HALF,
        deviation=_HALF,
    ),
    "llava_onevision": _Recipe(
        special=(*_CHATML, "<image>", "<video>"),
        end="<|im_end|>",
        config=lambda ids: _llava(ids, "qwen2", "siglip_vision_model", vision_feature_select_strategy="full"),
        frames=_SQUARE,
        mean=_HALF,
        deviation=_HALF,
    ),
    "llava_next_video": _Recipe(
        special=_LLAMA,
        end="</s>",
        config=lambda ids: _llava(ids, "llama", "clip_vision_model", vision_feature_select_strategy="default"),
        frames=_CROP,
    ),
    "video_llava": _Recipe(
        special=_LLAMA,
        end="</s>",
        config=lambda ids: _llava(ids, "llama", "clip_vision_model", vision_feature_select_strategy="default"),
        frames=_CROP,
    ),
    "internvl": _Recipe(
        special=(*_CHATML, "<img>", "</img>", "<IMG_CONTEXT>"), end="<|im_end|>", config=_internvl, frames=_SQUARE
    ),
    "smolvlm": _Recipe(
        special=(
            *_CHATML,
            "<image>",
            "<fake_token_around_image>",
            "<global-img>",
            "<end_of_utterance>",
        ),
        end="<end_of_utterance>",
        config=_smolvlm,
        frames={"do_center_crop": False, "size": {"longest_edge": 112}},
        mean=_HALF,
        deviation=_HALF,
    ),
}
