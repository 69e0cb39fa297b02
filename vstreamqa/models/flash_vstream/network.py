"""The modules of Flash-VStream, put together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from transformers import LlamaConfig, LlamaForCausalLM

from vstreamqa.models.flash_vstream.attention import AbstractAttention
from vstreamqa.models.flash_vstream.config import FlashVStreamConfig
from vstreamqa.models.flash_vstream.pooling import pool
from vstreamqa.models.flash_vstream.projector import build_projector
from vstreamqa.models.flash_vstream.splicing import Sequences, assemble
from vstreamqa.models.flash_vstream.vision import TowerConfig, VisionTower
from vstreamqa.models.shared.normalisation import Normalisation


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """Tower, memory attention, projector and language model.

    Attributes:
        config: the checkpoint's config.
        normalisation: what is done to pixels before the tower.
        tower: pixels to patch tokens.
        attention: of the abstract memory, in the memory's type.
        projector: patch tokens to embeddings.
        language: LLaMA.
    """

    config: FlashVStreamConfig
    normalisation: Normalisation
    tower: VisionTower
    attention: AbstractAttention
    projector: nn.Module
    language: Any

    @property
    def device(self) -> torch.device:
        """Where the weights are."""
        device: torch.device = self.language.device
        return device

    @property
    def dtype(self) -> torch.dtype:
        """Type of the weights."""
        dtype: torch.dtype = self.language.dtype
        return dtype

    @property
    def memory_dtype(self) -> torch.dtype:
        """Type of the memory."""
        return self.attention.q_proj.weight.dtype

    def features(self, pixels: Tensor) -> Tensor:
        """Encode uint8 frames [n, size, size, 3] into patch tokens [n, patches, dim]."""
        features: Tensor = self.tower(self.normalisation(pixels).to(self.dtype))
        return features

    def frames(self, features: Tensor) -> Tensor:
        """Bring patch tokens [n, patches, dim] to what the memory takes in, [n, frame * frame, dim]."""
        return pool(features, self.config.compress_size).to(self.memory_dtype)

    def project(self, tokens: Tensor) -> Tensor:
        """Turn visual tokens [tokens, dim] into embeddings [tokens, hidden]."""
        projected: Tensor = self.projector(tokens.to(self.dtype))
        return projected

    def assemble(
        self, prompts: Sequence[Iterable[int]] | Tensor, visual: Sequence[Tensor | None], **kwargs: Any
    ) -> Sequences:
        """Embed prompts and put projected visual tokens in, see `splicing.assemble`."""
        ids = torch.as_tensor(prompts, device=self.device)
        return assemble(
            ids, visual, self.language.get_input_embeddings(), limit=self.config.tokenizer_model_max_length, **kwargs
        )


def build_network(
    config: FlashVStreamConfig,
    tower: TowerConfig,
    normalisation: Normalisation,
    *,
    memory_dtype: torch.dtype = torch.float32,
) -> Network:
    """Build the modules without weights, on the meta device."""
    with torch.device("meta"):
        return Network(
            config=config,
            normalisation=normalisation,
            tower=VisionTower(tower, config.mm_vision_select_layer),
            attention=AbstractAttention(config.mm_hidden_size, config.abstract_hidden_size, config.update_ratio).to(
                memory_dtype
            ),
            projector=build_projector(config.mm_projector_type, config.mm_hidden_size, config.hidden_size),
            language=LlamaForCausalLM(llama_config(config)),
        )


def make_buffers(network: Network, device: torch.device) -> None:
    """Create what no checkpoint holds (positions, rotary frequencies) on the device the weights are on."""
    network.tower.make_buffers(device)
    rotary = network.language.model.rotary_emb
    network.language.model.rotary_emb = type(rotary)(config=network.language.config).to(device)


def llama_config(config: FlashVStreamConfig) -> LlamaConfig:
    """Return the language model's part of the config as transformers wants it."""
    scaling = dict(config.rope_scaling or {})
    kind = scaling.pop("rope_type", None) or scaling.pop("type", None) or "default"
    return LlamaConfig(
        hidden_size=config.hidden_size,
        intermediate_size=config.intermediate_size,
        num_hidden_layers=config.num_hidden_layers,
        num_attention_heads=config.num_attention_heads,
        num_key_value_heads=config.num_key_value_heads or config.num_attention_heads,
        vocab_size=config.vocab_size,
        max_position_embeddings=config.max_position_embeddings,
        rms_norm_eps=config.rms_norm_eps,
        hidden_act=config.hidden_act,
        rope_parameters={**scaling, "rope_type": kind, "rope_theta": config.rope_theta},
        tie_word_embeddings=config.tie_word_embeddings,
    )
