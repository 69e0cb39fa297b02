"""The checkpoint's config.json, with the values the original falls back to where a key is absent."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from vstreamqa.errors import UserError
from vstreamqa.models.flash_vstream.memory import MemorySizes
from vstreamqa.models.shared import json_file

MODEL_TYPE = "vstream"

_Positive = msgspec.Meta(ge=1)


class FlashVStreamConfig(msgspec.Struct, frozen=True, kw_only=True):
    """What the architecture needs of config.json; every other key of the file is left alone."""

    hidden_size: int
    intermediate_size: int
    num_hidden_layers: int
    num_attention_heads: int
    vocab_size: int
    mm_vision_tower: str
    mm_hidden_size: int
    mm_vision_select_layer: int
    num_key_value_heads: int | None = None
    max_position_embeddings: int = 2048
    rms_norm_eps: float = 1e-6
    rope_theta: float = 10000.0
    rope_scaling: dict[str, Any] | None = None
    hidden_act: str = "silu"
    bos_token_id: int = 1
    eos_token_id: int | tuple[int, ...] = 2
    tie_word_embeddings: bool = False
    mm_vision_select_feature: str = "patch"
    mm_projector_type: str = "linear"
    mm_use_im_start_end: bool = False
    mm_use_4_vision_tokens: bool = False
    tokenizer_model_max_length: int | None = None
    compress_type: str | None = None
    compress_size: int = 1
    compress_long_memory_size: int = 1
    abstract_size: int = msgspec.field(default=1, name="compress_Turing_memory_size")
    update_ratio: float = msgspec.field(default=0.2, name="compress_Turing_update_ratio")
    abstract_hidden_size: int = msgspec.field(default=32, name="compress_Turing_hidden_dim")
    video_sample_type: str = "center"
    video_long_memory_length: int = 10
    abstract_length: int = msgspec.field(default=10, name="video_Turing_memory_length")
    video_current_memory_length: int = 1

    @property
    def eos_token_ids(self) -> frozenset[int]:
        """Every token that ends an answer."""
        ids = self.eos_token_id
        return frozenset([ids] if isinstance(ids, int) else ids)

    @property
    def memory_sizes(self) -> MemorySizes:
        """The sizes of the memory."""
        return MemorySizes(
            frame=self.compress_size,
            temporal=self.compress_long_memory_size,
            abstract=self.abstract_size,
            temporal_length=self.video_long_memory_length,
            abstract_length=self.abstract_length,
            current_length=self.video_current_memory_length,
        )


def read_config(path: Path) -> FlashVStreamConfig:
    """Read and check a config.json.

    Raises:
        UserError: the file is missing, is no config, is of another architecture, or asks for something unsupported.
    """
    config = json_file.read_config(path, FlashVStreamConfig, model_type=MODEL_TYPE, model="Flash-VStream")
    _refuse_unsupported(config, path)
    return config


def _refuse_unsupported(config: FlashVStreamConfig, path: Path) -> None:
    def refuse(key: str, value: object, supported: str) -> None:
        raise UserError(f"{path}: {key} is {value!r}, which is not supported; supported: {supported}")

    if config.compress_type is None or "mean" not in config.compress_type:
        refuse("compress_type", config.compress_type, "'mean'")
    if config.video_sample_type != "weighted_kmeans":
        refuse("video_sample_type", config.video_sample_type, "'weighted_kmeans'")
    if config.mm_use_im_start_end:
        refuse("mm_use_im_start_end", True, "false")
    if config.mm_use_4_vision_tokens:
        refuse("mm_use_4_vision_tokens", True, "false")
    if config.mm_vision_select_feature != "patch":
        refuse("mm_vision_select_feature", config.mm_vision_select_feature, "'patch'")
    if config.tie_word_embeddings:
        refuse("tie_word_embeddings", True, "false")
    for key, value in (
        ("video_long_memory_length", config.video_long_memory_length),
        ("video_Turing_memory_length", config.abstract_length),
    ):
        if value < 1:
            refuse(key, value, "1 or more")
    if config.video_current_memory_length < 0:
        refuse("video_current_memory_length", config.video_current_memory_length, "0 or more")
