"""The adapter's weight file: low-rank updates of the base model, the connector, and a copy of the base's head."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from vstreamqa.errors import UserError
from vstreamqa.models.shared.weights import Part, fill
from vstreamqa.models.videollm_online.config import AdapterConfig
from vstreamqa.models.videollm_online.lora import apply_updates, new_updates
from vstreamqa.models.videollm_online.network import Network
from vstreamqa.pretrained.weights import WeightFiles

PREFIX = "base_model.model."
CONNECTOR_PREFIX = f"{PREFIX}connector."
HEAD = f"{PREFIX}lm_head.base_layer.weight"
"""PEFT stores the frozen head because the pattern of the updated layers holds its name."""


def add_adapter(network: Network, files: WeightFiles, config: AdapterConfig, *, merge: bool, place: str) -> None:
    """Fill the connector and update a language model that has its base weights.

    Args:
        network: as built, with the language model's weights in it.
        files: the adapter's weight file.
        config: its config.
        merge: see `apply_updates`.
        place: what to name in errors.

    Raises:
        UserError: weights are missing, left over or of another shape, or belong to another base model.
    """
    tensors = dict(files.tensors())
    if not any(name.startswith(CONNECTOR_PREFIX) for name in tensors):
        raise UserError(
            f"{place}: no connector ({CONNECTOR_PREFIX}*); without it frames mean nothing: this is no adapter of"
            " VideoLLM-online, or not all of one"
        )
    head = tensors.pop(HEAD, None)
    language = network.language
    if head is not None:
        _check_head(head, language.get_output_embeddings().weight, place)
    updates = new_updates(language, _updated_layers(language, config, place), config.r)
    parts = (
        Part(prefix=CONNECTOR_PREFIX, module=network.connector, dtype=network.dtype),
        Part(prefix=PREFIX, module=updates, dtype=network.dtype),
    )
    fill(parts, iter(tensors.items()), device=network.device, place=place)
    apply_updates(language, updates, scaling=config.scaling, merge=merge)


def _updated_layers(language: Any, config: AdapterConfig, place: str) -> list[str]:
    linear = [name for name, module in language.named_modules() if isinstance(module, nn.Linear)]
    updated = [name for name in linear if config.updates(name)]
    if not updated:
        raise UserError(f"{place}: target_modules is {config.target_modules!r}, which no layer of the base model fits")
    return updated


def _check_head(head: Tensor, own: Tensor, place: str) -> None:
    """Refuse a base model whose head is not, up to the rounding of either file, the one the adapter was trained on."""
    head = head.to(own.device)
    if head.shape != own.shape or not (_rounds_to(head, own) or _rounds_to(own, head)):
        raise UserError(
            f"{place}: its copy of the base model's head ({HEAD}) is not the head of this base model;"
            " name the one it was trained on with --set base=FOLDER"
        )


def _rounds_to(given: Tensor, rounded: Tensor) -> bool:
    return torch.equal(given.to(rounded.dtype), rounded)
