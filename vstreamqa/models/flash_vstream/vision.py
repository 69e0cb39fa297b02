"""The vision tower: CLIP's patch tokens of an inner layer."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import msgspec
import torch
from torch import Tensor, nn
from transformers import CLIPVisionConfig, CLIPVisionModel

from vstreamqa.errors import UserError
from vstreamqa.models.shared.normalisation import CLIP_MEAN, CLIP_STD, RESCALE, Normalisation

_HEAD_DIM = 64


class TowerConfig(msgspec.Struct, frozen=True, kw_only=True):
    """What the tower needs of a CLIP config.json; absent keys have the values transformers gives them."""

    hidden_size: int = 768
    intermediate_size: int = 3072
    num_hidden_layers: int = 12
    num_attention_heads: int = 12
    num_channels: int = 3
    image_size: int = 224
    patch_size: int = 32
    hidden_act: str = "quick_gelu"
    layer_norm_eps: float = 1e-5


class VisionTower(nn.Module):
    """CLIP up to the selected layer; what comes after is neither loaded nor run.

    Args:
        config: the tower's configuration.
        select_layer: index into the hidden states, 0 being the embeddings (so -2 is the last layer's input). There
            is no layer norm behind it.
    """

    def __init__(self, config: TowerConfig, select_layer: int) -> None:
        super().__init__()
        shortened = msgspec.structs.replace(config, num_hidden_layers=_depth(config, select_layer))
        values: dict[str, Any] = msgspec.structs.asdict(shortened)
        model = CLIPVisionModel(CLIPVisionConfig(**values))
        core = getattr(model, "vision_model", model)
        self.embeddings = core.embeddings
        self.pre_layrnorm = core.pre_layrnorm
        self.encoder = core.encoder
        self.image_size = config.image_size
        self.feature_shape = ((config.image_size // config.patch_size) ** 2, config.hidden_size)

    def forward(self, pixels: Tensor) -> Tensor:
        """Encode normalised pixels [n, 3, size, size] into patch tokens [n, patches, dim]."""
        hidden = self.pre_layrnorm(self.embeddings(pixels))
        selected: Tensor = self.encoder(inputs_embeds=hidden).last_hidden_state
        return selected[:, 1:]

    def make_buffers(self, device: torch.device) -> None:
        """Create what no checkpoint holds; needed after building on the meta device."""
        positions = self.feature_shape[0] + 1
        self.embeddings.position_ids = torch.arange(positions, device=device)[None]


def _depth(config: TowerConfig, select_layer: int) -> int:
    states = config.num_hidden_layers + 1
    if not -states <= select_layer < states:
        raise UserError(f"mm_vision_select_layer is {select_layer}, but the tower has {states} hidden states")
    return select_layer % states


def unused_tower_key(key: str, depth: int) -> bool:
    """Tell whether a weight (named without prefix) belongs to the part of CLIP behind the selected layer."""
    if key.startswith("post_layernorm.") or key == "embeddings.position_ids":
        return True
    parts = key.split(".")
    return parts[:2] == ["encoder", "layers"] and int(parts[2]) >= depth


def read_normalisation(values: Mapping[str, Any], *, image_size: int, place: str) -> Normalisation:
    """Read a preprocessor_config.json; absent keys have CLIP's values.

    Raises:
        UserError: it asks for another resize and crop than "shortest edge and centre crop to the tower's size".
    """
    size, crop = values.get("size", image_size), values.get("crop_size", image_size)
    edge = size.get("shortest_edge", size.get("height")) if isinstance(size, Mapping) else size
    width = crop.get("width") if isinstance(crop, Mapping) else crop
    if edge != image_size or width != image_size or values.get("resample", 3) != 3:
        raise UserError(
            f"{place}: size {size!r}, crop_size {crop!r}, resample {values.get('resample', 3)!r} are not supported;"
            f" supported: both sizes {image_size} (the tower's image size) with resample 3 (bicubic)"
        )
    return Normalisation(
        mean=tuple(values.get("image_mean", CLIP_MEAN)),
        std=tuple(values.get("image_std", CLIP_STD)),
        rescale=float(values.get("rescale_factor", RESCALE)),
    )


def config_from_shapes(shapes: Mapping[str, tuple[int, ...]], tower: str) -> TowerConfig:
    """Work out a tower's configuration from the shapes of its weights.

    The number of heads and the activation leave no trace in the weights; they are known for the original CLIP towers
    (64 dimensions a head, quick GELU).

    Args:
        shapes: by name, without prefix.
        tower: the tower's name, `mm_vision_tower`.

    Raises:
        UserError: the tower is not one of those, or weights are missing.
    """
    if not tower.rstrip("/").rpartition("/")[2].startswith("clip-vit-"):
        raise UserError(
            f"mm_vision_tower is {tower!r}: no such folder beside the checkpoint, and not a CLIP whose configuration"
            " is known; put the tower's config.json into that folder"
        )
    try:
        hidden, channels, patch, _ = shapes["embeddings.patch_embedding.weight"]
        positions = shapes["embeddings.position_embedding.weight"][0]
        intermediate = shapes["encoder.layers.0.mlp.fc1.weight"][0]
    except KeyError as missing:
        raise UserError(f"the vision tower's weight {missing} is missing from the checkpoint") from None
    layers = {int(key.split(".")[2]) for key in shapes if key.startswith("encoder.layers.")}
    return TowerConfig(
        hidden_size=hidden,
        intermediate_size=intermediate,
        num_hidden_layers=len(layers),
        num_attention_heads=max(1, hidden // _HEAD_DIM),
        num_channels=channels,
        image_size=math.isqrt(positions - 1) * patch,
        patch_size=patch,
        hidden_act="quick_gelu",
        layer_norm_eps=1e-5,
    )
