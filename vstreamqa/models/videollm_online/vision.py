"""The vision tower: SigLIP's patch tokens and its pooled token, brought to the few tokens of a frame."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
import torch
from torch import Tensor, nn
from torch.nn.functional import adaptive_avg_pool2d
from transformers import SiglipVisionConfig, SiglipVisionModel

from vstreamqa.errors import UserError
from vstreamqa.models.shared.json_file import as_struct
from vstreamqa.models.shared.normalisation import Normalisation
from vstreamqa.models.videollm_online.dialogue import Layout

normalise = Normalisation(mean=(0.5, 0.5, 0.5), std=(0.5, 0.5, 0.5))
"""SigLIP's normalisation: pixels come to lie between -1 and 1."""
_MODEL_TYPES = ("siglip", "siglip_vision_model")


class TowerConfig(msgspec.Struct, frozen=True, kw_only=True):
    """What the tower needs of a SigLIP config.json; absent keys have the values transformers gives them."""

    hidden_size: int = 768
    intermediate_size: int = 3072
    num_hidden_layers: int = 12
    num_attention_heads: int = 12
    num_channels: int = 3
    image_size: int = 224
    patch_size: int = 16
    hidden_act: str = "gelu_pytorch_tanh"
    layer_norm_eps: float = 1e-6


class VisionTower(nn.Module):
    """SigLIP's vision model: it has no class token; what LIVE calls by that name is the attention-pooled token."""

    def __init__(self, config: TowerConfig) -> None:
        super().__init__()
        values: dict[str, Any] = msgspec.structs.asdict(config)
        model = SiglipVisionModel(SiglipVisionConfig(**values))
        core = getattr(model, "vision_model", model)
        self.embeddings = core.embeddings
        self.encoder = core.encoder
        self.post_layernorm = core.post_layernorm
        self.head = core.head
        self.image_size = config.image_size
        self.dim = config.hidden_size

    def forward(self, pixels: Tensor) -> tuple[Tensor, Tensor]:
        """Encode normalised pixels [n, 3, size, size].

        Returns:
            Patch tokens after the final layer norm, [n, patches, dim], row by row, and the pooled token, [n, dim].
        """
        hidden = self.encoder(inputs_embeds=self.embeddings(pixels)).last_hidden_state
        patches = self.post_layernorm(hidden)
        return patches, self.head(patches)

    def make_buffers(self, device: torch.device) -> None:
        """Create what no checkpoint holds; needed after building on the meta device."""
        self.embeddings.position_ids = torch.arange(self.embeddings.num_positions, device=device)[None]


def frame_tokens(patches: Tensor, pooled: Tensor, layout: Layout) -> Tensor:
    """Put the tokens of every frame together: the pooled one first, then the averages of a grid, row by row.

    Averages are those of adaptive pooling: of s rows, row i of n takes floor(i * s / n) to ceil((i + 1) * s / n) - 1.

    Args:
        patches: [n, patches, dim], a square grid row by row.
        pooled: [n, dim].
        layout: which tokens a frame has.

    Returns:
        [n, layout.frame_tokens, dim].
    """
    parts = [pooled[:, None]] if layout.pooled else []
    if layout.grid is not None:
        count, patch_count, dim = patches.shape
        side = math.isqrt(patch_count)
        square = patches.transpose(1, 2).reshape(count, dim, side, side)
        parts.append(adaptive_avg_pool2d(square, layout.grid).flatten(2).transpose(1, 2))
    return torch.cat(parts, dim=1)


def read_tower_config(path: Path, values: Mapping[str, Any]) -> TowerConfig:
    """Read the vision part of a SigLIP config.json.

    Raises:
        UserError: it is another model's, or no config.
    """
    values = values.get("vision_config") or values
    if values.get("model_type") not in _MODEL_TYPES:
        raise UserError(
            f"{path}: model_type is {values.get('model_type')!r}, but the vision tower of VideoLLM-online is a SigLIP;"
            " name one with --set vision=FOLDER"
        )
    return as_struct(values, TowerConfig, path=path, what="a SigLIP vision config")
