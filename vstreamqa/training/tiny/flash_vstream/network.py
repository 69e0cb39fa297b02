"""The shape of the tiny Flash-VStream, and its files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import torch
from transformers import LlamaForCausalLM

from vstreamqa.atomic import build_once
from vstreamqa.models.flash_vstream.attention import AbstractAttention
from vstreamqa.models.flash_vstream.config import FlashVStreamConfig
from vstreamqa.models.flash_vstream.network import Network, llama_config
from vstreamqa.models.flash_vstream.projector import build_projector
from vstreamqa.models.flash_vstream.tiny import modules_by_prefix, tiny_config, write_settings, write_weights
from vstreamqa.models.flash_vstream.vision import TowerConfig, VisionTower
from vstreamqa.models.shared.normalisation import Normalisation
from vstreamqa.training.tiny.flash_vstream.words import mini_tokenizer

TOWER = TowerConfig(
    hidden_size=96,
    intermediate_size=192,
    num_hidden_layers=3,
    num_attention_heads=4,
    image_size=96,
    patch_size=12,
)
"""The suite's pictures are 96 pixels wide, so nothing has to be resized; eight patches of twelve on each side."""


_SIZES = {"compress_size": 2, "compress_long_memory_size": 1, "compress_Turing_memory_size": 1}
"""One token for a frame in the temporal memory (66 visual tokens in all): nothing that is asked depends on where in
the picture somebody is."""


def new_network(seed: int) -> Network:
    """Make the network with fresh weights, on the CPU, in float32."""
    torch.manual_seed(seed)
    config = msgspec.convert(_config(), FlashVStreamConfig)
    return Network(
        config=config,
        normalisation=Normalisation(),
        tower=VisionTower(TOWER, config.mm_vision_select_layer),
        attention=AbstractAttention(config.mm_hidden_size, config.abstract_hidden_size, config.update_ratio),
        projector=build_projector(config.mm_projector_type, config.mm_hidden_size, config.hidden_size),
        language=LlamaForCausalLM(llama_config(config)),
    )


def write(network: Network, folder: Path) -> None:
    """Write a checkpoint in the released format; the folder appears whole or not at all.

    Args:
        network: what to write, in float16.
        folder: where to put it; if it exists already, it is left as it is.
    """
    build_once(folder, lambda empty: _write(network, empty))


def _config() -> dict[str, Any]:
    return {**tiny_config(mini_tokenizer().get_vocab_size()), **_SIZES}


def _write(network: Network, folder: Path) -> None:
    write_settings(folder, TOWER, _config(), mini_tokenizer())
    write_weights(
        folder,
        {
            prefix + name: tensor.detach().half().contiguous()
            for prefix, module in modules_by_prefix(network).items()
            for name, tensor in module.state_dict().items()
            if not name.endswith("position_ids")
        },
    )
