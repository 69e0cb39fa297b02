"""The checkpoint's config.json, with the values the original falls back to where a key is absent."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from vstreamqa.errors import UserError
from vstreamqa.models.flash_vstream_qwen.memory import MemorySizes
from vstreamqa.models.shared import json_file

MODEL_TYPE = "flash_vstream_qwen2_vl"

_PER_STEP = 2
"""Frames of a step; lengths in the config count frames."""


class MemoryConfig(msgspec.Struct, frozen=True, kw_only=True):
    """`flash_memory_config`; the sizes of a config without one are the released ones."""

    temporal_length: int = msgspec.field(default=120, name="flash_memory_temporal_length")
    temporal_method: str = msgspec.field(default="kmeans_ordered", name="flash_memory_temporal_method")
    temporal_poolsize: int = msgspec.field(default=2, name="flash_memory_temporal_poolsize")
    spatial_length: int = msgspec.field(default=60, name="flash_memory_spatial_length")
    spatial_method: str = msgspec.field(default="klarge_retrieve", name="flash_memory_spatial_method")

    @property
    def sizes(self) -> MemorySizes:
        """The lengths in steps."""
        return MemorySizes(clusters=self.temporal_length // _PER_STEP, keys=self.spatial_length // _PER_STEP)


class VisionConfig(msgspec.Struct, frozen=True, kw_only=True):
    """`vision_config`; absent keys have the values of Qwen2-VL."""

    depth: int = 32
    embed_dim: int = 1280
    hidden_size: int = 3584
    hidden_act: str = "quick_gelu"
    mlp_ratio: int = 4
    num_heads: int = 16
    in_channels: int = 3
    patch_size: int = 14
    spatial_merge_size: int = 2
    temporal_patch_size: int = 2
    memory: MemoryConfig = msgspec.field(default_factory=MemoryConfig, name="flash_memory_config")


class FlashVStreamQwenConfig(msgspec.Struct, frozen=True, kw_only=True):
    """What the architecture needs of config.json; every other key of the file is left alone."""

    hidden_size: int
    intermediate_size: int
    num_hidden_layers: int
    num_attention_heads: int
    vocab_size: int
    rope_scaling: dict[str, Any]
    vision_start_token_id: int
    vision_end_token_id: int
    num_key_value_heads: int | None = None
    max_position_embeddings: int = 32768
    rms_norm_eps: float = 1e-5
    rope_theta: float = 1_000_000.0
    hidden_act: str = "silu"
    eos_token_id: int | tuple[int, ...] | None = None
    tie_word_embeddings: bool = False
    use_sliding_window: bool = False
    vision: VisionConfig = msgspec.field(default_factory=VisionConfig, name="vision_config")

    @property
    def eos_token_ids(self) -> frozenset[int]:
        """Every token that the config says ends an answer."""
        return as_ids(self.eos_token_id)


def as_ids(value: int | tuple[int, ...] | None) -> frozenset[int]:
    """Return the token ids of an entry that may hold one, several or none."""
    if value is None:
        return frozenset()
    return frozenset([value] if isinstance(value, int) else value)


def read_config(path: Path) -> FlashVStreamQwenConfig:
    """Read and check a config.json.

    Raises:
        UserError: the file is missing, is no config, is of another architecture, or asks for something unsupported.
    """
    config = json_file.read_config(path, FlashVStreamQwenConfig, model_type=MODEL_TYPE, model="Flash-VStream-Qwen")
    _refuse_unsupported(config, path)
    return config


def _refuse_unsupported(config: FlashVStreamQwenConfig, path: Path) -> None:
    def refuse(key: str, value: object, supported: str) -> None:
        raise UserError(f"{path}: {key} is {value!r}, which is not supported; supported: {supported}")

    vision, memory = config.vision, config.vision.memory
    for key, value, supported in (
        ("tie_word_embeddings", config.tie_word_embeddings, False),
        ("use_sliding_window", config.use_sliding_window, False),
        ("in_channels", vision.in_channels, 3),
        ("spatial_merge_size", vision.spatial_merge_size, 2),
        ("temporal_patch_size", vision.temporal_patch_size, _PER_STEP),
        ("flash_memory_temporal_method", memory.temporal_method, "kmeans_ordered"),
        ("flash_memory_temporal_poolsize", memory.temporal_poolsize, 2),
        ("flash_memory_spatial_method", memory.spatial_method, "klarge_retrieve"),
    ):
        if value != supported:
            refuse(key, value, repr(supported))
    for key, value, least in (
        ("flash_memory_temporal_length", memory.temporal_length, _PER_STEP),
        ("flash_memory_spatial_length", memory.spatial_length, 0),
    ):
        if value < least or value % _PER_STEP:
            refuse(key, value, f"an even number of {least} or more")
    if vision.hidden_size != config.hidden_size:
        refuse("hidden_size of vision_config", vision.hidden_size, f"{config.hidden_size}, the language model's")
    _refuse_other_rope(config, path)


def _refuse_other_rope(config: FlashVStreamQwenConfig, path: Path) -> None:
    sections = config.rope_scaling.get("mrope_section")
    half = config.hidden_size // max(1, config.num_attention_heads) // 2
    kinds = {config.rope_scaling.get(key, "mrope") for key in ("type", "rope_type")}
    if not kinds <= {"mrope", "default"} or not isinstance(sections, list) or sum(sections) != half:
        raise UserError(
            f"{path}: rope_scaling is {config.rope_scaling!r}, which is not supported; supported: type 'mrope' with"
            f" an mrope_section whose three numbers sum to {half}, half the size of an attention head"
        )
