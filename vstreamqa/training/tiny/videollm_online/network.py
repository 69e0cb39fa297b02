"""The tiny network before training, and the checkpoint it becomes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import torch
from tokenizers import Tokenizer
from torch import Tensor, nn
from transformers import LlamaConfig, LlamaForCausalLM

from vstreamqa.atomic import build_once
from vstreamqa.models.videollm_online.adapter_weights import CONNECTOR_PREFIX, PREFIX
from vstreamqa.models.videollm_online.checkpoint import BASE_BESIDE, TOWER_PREFIX
from vstreamqa.models.videollm_online.config import AdapterConfig
from vstreamqa.models.videollm_online.connector import build_connector
from vstreamqa.models.videollm_online.dialogue import V1PLUS
from vstreamqa.models.videollm_online.lora import new_updates
from vstreamqa.models.videollm_online.network import Network
from vstreamqa.models.videollm_online.vision import TowerConfig, VisionTower
from vstreamqa.models.videollm_online.writing import Weights, tokenizer_settings, write_settings, write_weights

TOWER = TowerConfig(
    hidden_size=96,
    intermediate_size=256,
    num_hidden_layers=3,
    num_attention_heads=4,
    image_size=96,
    patch_size=12,
)

LANGUAGE: dict[str, Any] = {
    "architectures": ["LlamaForCausalLM"],
    "model_type": "llama",
    "torch_dtype": "bfloat16",
    "hidden_size": 128,
    "intermediate_size": 320,
    "num_hidden_layers": 3,
    "num_attention_heads": 4,
    "num_key_value_heads": 4,
    "max_position_embeddings": 8192,
    "rms_norm_eps": 1e-5,
    "rope_theta": 10000.0,
    "hidden_act": "silu",
    "initializer_range": 0.04,
    "tie_word_embeddings": False,
}

ADAPTER = {
    "peft_type": "LORA",
    "task_type": "CAUSAL_LM",
    "base_model_name_or_path": BASE_BESIDE,
    "r": 1,
    "lora_alpha": 2,
    "lora_dropout": 0.0,
    "bias": "none",
    "target_modules": "model.*(q_proj|k_proj|v_proj|o_proj|gate_proj|up_proj|down_proj)|lm_head$",
    "modules_to_save": ["connector"],
}
"""An update of rank 1 that changes nothing: the base model itself has learned, there is nothing to be added to it."""


def new_network(tokenizer: Tokenizer, *, seed: int) -> Network:
    """Build the network with random weights, in float32 on the CPU."""
    torch.manual_seed(seed)
    config = LlamaConfig(**LANGUAGE, **tokenizer_settings(tokenizer))
    return Network(
        layout=V1PLUS,
        tower=VisionTower(TOWER),
        connector=build_connector(TOWER.hidden_size, config.hidden_size),
        language=LlamaForCausalLM(config),
    )


def write_checkpoint(network: Network, tokenizer: Tokenizer, folder: Path) -> None:
    """Write a network as a checkpoint in the released format, weights in bfloat16.

    Args:
        network: trained.
        tokenizer: it was trained with.
        folder: to write; it appears whole or not at all, and is left as it is if it exists.
    """
    build_once(folder, _writer(network, tokenizer))


def _writer(network: Network, tokenizer: Tokenizer) -> Callable[[Path], None]:
    def write(folder: Path) -> None:
        write_settings(folder, tokenizer=tokenizer, tower=TOWER, language=LANGUAGE, adapter=ADAPTER)
        connector = _weights(CONNECTOR_PREFIX, network.connector)
        write_weights(
            folder,
            _weights("", network.language),
            _weights(TOWER_PREFIX, network.tower),
            connector | _no_updates(network.language),
        )

    return write


def _no_updates(language: nn.Module) -> dict[str, Tensor]:
    """Return updates that change nothing: the second matrix of each is zero."""
    adapter = msgspec.convert(ADAPTER, AdapterConfig)
    layers = [name for name, module in language.named_modules() if isinstance(module, nn.Linear)]
    updates = new_updates(language, filter(adapter.updates, layers), adapter.r)
    return {
        PREFIX + name: (torch.ones if "lora_A" in name else torch.zeros)(tensor.shape, dtype=torch.bfloat16)
        for name, tensor in updates.state_dict().items()
    }


def _weights(prefix: str, module: nn.Module) -> dict[str, Tensor]:
    state: Weights = module.state_dict()
    return {prefix + name: tensor.to(torch.bfloat16).contiguous() for name, tensor in sorted(state.items())}
