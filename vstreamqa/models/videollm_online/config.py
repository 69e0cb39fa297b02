"""The files that say what a checkpoint is made of."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import msgspec
from transformers import LlamaConfig

from vstreamqa.errors import UserError
from vstreamqa.models.shared.json_file import as_struct, read_object

_SIZES = (
    "hidden_size",
    "intermediate_size",
    "num_hidden_layers",
    "num_attention_heads",
    "vocab_size",
)


class AdapterConfig(msgspec.Struct, frozen=True, kw_only=True):
    """What the loader needs of adapter_config.json; absent keys have the values PEFT gives them."""

    peft_type: str
    r: int
    lora_alpha: float
    target_modules: str | tuple[str, ...]
    base_model_name_or_path: str | None = None
    revision: str | None = None
    bias: str = "none"
    fan_in_fan_out: bool = False
    use_dora: bool = False
    use_rslora: bool = False
    rank_pattern: dict[str, Any] | None = None
    alpha_pattern: dict[str, Any] | None = None

    @property
    def scaling(self) -> float:
        """What an update is multiplied by."""
        return self.lora_alpha / self.r

    def updates(self, name: str) -> bool:
        """Tell whether a linear layer of this name is updated: a pattern is for the whole name, a list for its end."""
        if isinstance(self.target_modules, str):
            return re.fullmatch(self.target_modules, name) is not None
        return any(name == target or name.endswith(f".{target}") for target in self.target_modules)


def read_adapter_config(folder: Path) -> AdapterConfig:
    """Read and check the adapter_config.json of a folder.

    Raises:
        UserError: it is missing, is no config, or asks for something that is not supported.
    """
    path = folder / "adapter_config.json"
    values = read_object(path)
    if values is None:
        raise UserError(f"{folder}: no adapter_config.json; name the folder of a VideoLLM-online adapter (LoRA)")
    config = as_struct(values, AdapterConfig, path=path, what="an adapter's config")
    _refuse_unsupported(config, path)
    return config


def read_language_config(folder: Path) -> LlamaConfig:
    """Read and check the config.json of the base model.

    Raises:
        UserError: it is missing, is no config, or is another architecture's.
    """
    path = folder / "config.json"
    values = read_object(path)
    if values is None:
        raise UserError(f"{folder}: no config.json of the base model; name another with --set base=FOLDER")
    if values.get("model_type") != "llama":
        raise UserError(
            f"{path}: model_type is {values.get('model_type')!r}, but VideoLLM-online is built on 'llama';"
            " name another base with --set base=FOLDER"
        )
    for key in _SIZES:
        if not isinstance(values.get(key), int) or values[key] < 1:
            raise UserError(f"{path}: {key} is {values.get(key)!r}; it must be a whole number above 0")
    if values.get("tie_word_embeddings", False):
        raise UserError(f"{path}: tie_word_embeddings is true, which is not supported: the adapter updates the head")
    try:
        return LlamaConfig(**values)
    except Exception as error:  # what impossible values make transformers raise is manifold
        raise UserError(f"{path}: not a Llama config: {_line(error)}") from error


def _refuse_unsupported(config: AdapterConfig, path: Path) -> None:
    wanted: dict[str, tuple[Any, ...]] = {
        "peft_type": ("LORA",),
        "bias": ("none",),
        "fan_in_fan_out": (False,),
        "use_dora": (False,),
        "use_rslora": (False,),
        "rank_pattern": (None, {}),
        "alpha_pattern": (None, {}),
    }
    for key, supported in wanted.items():
        value = getattr(config, key)
        if value not in supported:
            raise UserError(f"{path}: {key} is {value!r}, which is not supported; supported: {supported[0]!r}")
    if config.r < 1:
        raise UserError(f"{path}: r is {config.r}, which is not supported; supported: 1 or more")
    if isinstance(config.target_modules, str):
        try:
            re.compile(config.target_modules)
        except re.error as error:
            raise UserError(f"{path}: target_modules is not a pattern: {error}") from error


def _line(error: Exception) -> str:
    return " ".join(str(error).split())
