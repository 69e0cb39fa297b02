"""The modules of VideoLLM-online, put together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from transformers import LlamaConfig, LlamaForCausalLM

from vstreamqa.models.videollm_online.connector import build_connector
from vstreamqa.models.videollm_online.dialogue import Layout
from vstreamqa.models.videollm_online.vision import TowerConfig, VisionTower, frame_tokens, normalise


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """Tower, connector and language model.

    Attributes:
        layout: which tokens a frame has.
        tower: pixels to patch tokens, in float32.
        connector: frame tokens to embeddings.
        language: Llama.
    """

    layout: Layout
    tower: VisionTower
    connector: nn.Module
    language: Any

    @property
    def device(self) -> torch.device:
        """Where the weights are."""
        device: torch.device = self.language.device
        return device

    @property
    def dtype(self) -> torch.dtype:
        """Type of the language model's weights."""
        dtype: torch.dtype = self.language.get_input_embeddings().weight.dtype
        return dtype

    @property
    def feature_shape(self) -> tuple[int, int]:
        """Shape of one frame's tokens, [tokens, dim]."""
        return self.layout.frame_tokens, self.tower.dim

    def frame_tokens(self, pixels: Tensor) -> Tensor:
        """Encode uint8 frames [n, size, size, 3] into frame tokens [n, tokens, dim].

        The tower computes in float16 on CUDA, whatever the language model's type, unless that is float32 (spec,
        section 2); elsewhere in float32.
        """
        half = self.device.type == "cuda" and self.dtype != torch.float32
        with torch.autocast(self.device.type, dtype=torch.float16, enabled=half):
            patches, pooled = self.tower(normalise(pixels))
        return frame_tokens(patches, pooled, self.layout)

    def project(self, tokens: Tensor) -> Tensor:
        """Turn frame tokens [n, tokens, dim] into embeddings [n, tokens, hidden]."""
        projected: Tensor = self.connector(tokens.to(self.dtype))
        return projected

    def embed(self, ids: Tensor, tokens: Tensor | None, *, placeholder: int) -> Tensor:
        """Embed token ids and put frames where the placeholders are.

        Placeholders lie outside the table of embeddings, which is not resized for them.

        Args:
            ids: [batch, length].
            tokens: frame tokens [n, tokens, dim] of the whole batch, in order; None for none.
            placeholder: id of the visual placeholder.

        Returns:
            [batch, length, hidden].

        Raises:
            ValueError: there are not as many placeholders as visual tokens. (The original spreads a single row over
                all of them.)
        """
        table = self.language.get_input_embeddings()
        embedded: Tensor = table(ids.clamp(max=table.num_embeddings - 1))
        places = ids == placeholder
        visual = embedded.new_zeros(0, embedded.shape[-1]) if tokens is None else self.project(tokens).flatten(0, 1)
        if int(places.sum()) != len(visual):
            raise ValueError(f"{int(places.sum())} placeholders for {len(visual)} visual tokens")
        return embedded.masked_scatter(places[..., None], visual)


def build_network(layout: Layout, tower: TowerConfig, language: LlamaConfig) -> Network:
    """Build the modules without weights, on the meta device."""
    with torch.device("meta"):
        return Network(
            layout=layout,
            tower=VisionTower(tower),
            connector=build_connector(tower.hidden_size, language.hidden_size),
            language=LlamaForCausalLM(language),
        )


def make_buffers(network: Network, device: torch.device) -> None:
    """Create what no checkpoint holds (positions, rotary frequencies) on the device the weights are on."""
    network.tower.make_buffers(device)
    rotary = network.language.model.rotary_emb
    network.language.model.rotary_emb = type(rotary)(config=network.language.config).to(device)
