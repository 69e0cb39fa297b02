"""The modules of Flash-VStream-Qwen, put together: Qwen2-VL with the memory between its tower and its merger."""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import torch
from torch import Tensor, nn
from transformers import Qwen2VLTextConfig, Qwen2VLTextModel
from transformers.models.qwen2_vl.configuration_qwen2_vl import Qwen2VLVisionConfig
from transformers.models.qwen2_vl.modeling_qwen2_vl import Qwen2VisionTransformerPretrainedModel

from vstreamqa.models.flash_vstream_qwen.bank import Steps
from vstreamqa.models.flash_vstream_qwen.config import FlashVStreamQwenConfig
from vstreamqa.models.flash_vstream_qwen.memory import Recollection
from vstreamqa.models.flash_vstream_qwen.positions import Grid, prompt_positions
from vstreamqa.models.flash_vstream_qwen.preprocessing import Preprocessing, patch_rows, pooled_frames
from vstreamqa.models.flash_vstream_qwen.prompt import PromptIds


@dataclass(frozen=True, slots=True, kw_only=True)
class Sequence:
    """Input of the language model.

    Attributes:
        embeddings: [1, length, hidden].
        position_ids: [3, 1, length], int64: time, height, width.
    """

    embeddings: Tensor
    position_ids: Tensor


@dataclass(frozen=True, slots=True, kw_only=True)
class Visual:
    """Visual tokens of a prompt.

    Attributes:
        embeddings: [tokens, hidden].
        positions: [3, tokens], relative to the first of them.
        span: how far behind the first visual token the text after them starts.
    """

    embeddings: Tensor
    positions: Tensor
    span: int


class Language(nn.Module):
    """Qwen2-VL's language model and its head, under the names the checkpoint has for them."""

    def __init__(self, config: Qwen2VLTextConfig) -> None:
        super().__init__()
        self.model = Qwen2VLTextModel(config)
        self.lm_head = nn.Linear(config.hidden_size, config.vocab_size, bias=False)

    def forward(self, *, logits_to_keep: int = 0, **inputs: Any) -> Any:
        """Return `logits` [batch, length, vocabulary] (of the last columns if told so) and `past_key_values`."""
        output = self.model(**inputs)
        logits = self.lm_head(output.last_hidden_state[:, -logits_to_keep:])
        return SimpleNamespace(logits=logits, past_key_values=output.past_key_values)


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """Tower, merger and language model.

    Attributes:
        config: the checkpoint's config.
        preprocessing: what is done to frames before the tower.
        tower: rows of patches to features; without the merger.
        merger: every four neighbouring features to one embedding.
        language: the language model.
    """

    config: FlashVStreamQwenConfig
    preprocessing: Preprocessing
    tower: Any
    merger: nn.Module
    language: Language

    @property
    def device(self) -> torch.device:
        """Where the weights are."""
        return self.language.lm_head.weight.device

    @property
    def dtype(self) -> torch.dtype:
        """Type of the weights."""
        return self.language.lm_head.weight.dtype

    def grid(self, height: int, width: int) -> Grid:
        """Return the patches of a frame of that size in pixels."""
        patch = self.config.vision.patch_size
        return Grid(height // patch, width // patch)

    def encode(self, pixels: Tensor) -> Steps:
        """Encode time steps at full resolution and pooled, both in one pass of the tower.

        Args:
            pixels: uint8 frames [2 * steps, height, width, 3], on any device.
        """
        frames = self.preprocessing.normalisation(pixels.to(self.device))
        patch = self.config.vision.patch_size
        rows, small_rows = patch_rows(frames, patch), patch_rows(pooled_frames(frames), patch)
        steps, (height, width) = len(rows), (side // patch for side in frames.shape[2:])
        grids = torch.tensor([[steps, height, width], [steps, height // 2, width // 2]], device=self.device)
        stacked = torch.cat([rows.flatten(0, 1), small_rows.flatten(0, 1)]).to(self.dtype)
        features = self.tower(stacked, grid_thw=grids).last_hidden_state
        full, pooled = torch.split(features, [steps * height * width, steps * height * width // 4])
        dim = features.shape[-1]
        return Steps(features=full.reshape(steps, -1, dim), pooled=pooled.reshape(steps, -1, dim))

    def merge(self, recollection: Recollection) -> Tensor:
        """Turn what is remembered into embeddings, [tokens, hidden]."""
        merged: Tensor = self.merger(recollection.rows().to(self.dtype))
        return merged

    def assemble(self, prompt: PromptIds, visual: Visual | None) -> Sequence:
        """Embed a prompt, put the visual tokens in, and number everything."""
        embed = self.language.model.embed_tokens
        before, after = (torch.tensor(ids, dtype=torch.long, device=self.device) for ids in _parts(prompt))
        parts, positions, span = [embed(before), embed(after)], before.new_empty(3, 0), 0
        if visual is not None:
            parts.insert(1, visual.embeddings)
            positions, span = visual.positions, visual.span
        return Sequence(
            embeddings=torch.cat(parts)[None],
            position_ids=prompt_positions(len(before), positions, len(after), span=span),
        )


def _parts(prompt: PromptIds) -> tuple[list[int], list[int]]:
    return prompt.before, prompt.after


def build_network(config: FlashVStreamQwenConfig, preprocessing: Preprocessing) -> Network:
    """Build the modules without weights, on the meta device."""
    with torch.device("meta"):
        tower: Any = Qwen2VisionTransformerPretrainedModel(_vision_config(config))
        # The memory stands before the merger, so the tower must not merge on its own.
        merger, tower.merger = tower.merger, nn.Identity()
        return Network(
            config=config,
            preprocessing=preprocessing,
            tower=tower,
            merger=merger,
            language=Language(_text_config(config)),
        )


def make_buffers(network: Network) -> None:
    """Create what no checkpoint holds (rotary frequencies) on the device the weights are on."""
    for module, name in ((network.tower, "rotary_pos_emb"), (network.language.model, "rotary_emb")):
        setattr(module, name, type(getattr(module, name))(module.config).to(network.device))


def _vision_config(config: FlashVStreamQwenConfig) -> Qwen2VLVisionConfig:
    vision = config.vision
    return Qwen2VLVisionConfig(
        depth=vision.depth,
        embed_dim=vision.embed_dim,
        hidden_size=vision.hidden_size,
        hidden_act=vision.hidden_act,
        mlp_ratio=vision.mlp_ratio,
        num_heads=vision.num_heads,
        in_channels=vision.in_channels,
        patch_size=vision.patch_size,
        spatial_merge_size=vision.spatial_merge_size,
        temporal_patch_size=vision.temporal_patch_size,
    )


def _text_config(config: FlashVStreamQwenConfig) -> Qwen2VLTextConfig:
    return Qwen2VLTextConfig(
        hidden_size=config.hidden_size,
        intermediate_size=config.intermediate_size,
        num_hidden_layers=config.num_hidden_layers,
        num_attention_heads=config.num_attention_heads,
        num_key_value_heads=config.num_key_value_heads or config.num_attention_heads,
        vocab_size=config.vocab_size,
        max_position_embeddings=config.max_position_embeddings,
        rms_norm_eps=config.rms_norm_eps,
        hidden_act=config.hidden_act,
        bos_token_id=None,
        eos_token_id=None,
        rope_parameters={
            "rope_type": "default",
            "mrope_section": config.rope_scaling["mrope_section"],
            "rope_theta": config.rope_theta,
        },
    )
