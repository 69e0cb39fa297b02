"""A tiny checkpoint in the released format, with random weights: the machinery is real, the answers are noise.

One thing in it is not left to chance. Behind a frame only two tokens may come, silence or the bracket with which the
assistant begins to speak; random weights would say anything. So one direction of the embeddings is kept free of
everything but a mark that the connector puts on frames, and the head reads it as those two tokens. Which of the two is
again left to chance, with silence made the likelier one.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import torch
from tokenizers import Tokenizer
from torch import Tensor, nn
from transformers import LlamaConfig

from vstreamqa.atomic import build_once
from vstreamqa.models.videollm_online.adapter_weights import CONNECTOR_PREFIX, PREFIX
from vstreamqa.models.videollm_online.checkpoint import BASE_BESIDE, TOWER_PREFIX
from vstreamqa.models.videollm_online.config import AdapterConfig
from vstreamqa.models.videollm_online.dialogue import V1PLUS
from vstreamqa.models.videollm_online.lora import new_updates
from vstreamqa.models.videollm_online.network import build_network
from vstreamqa.models.videollm_online.stream_tokenizer import stream_tokenizer
from vstreamqa.models.videollm_online.vision import TowerConfig
from vstreamqa.models.videollm_online.writing import Weights, write_settings, write_weights
from vstreamqa.resources import cache_folder

TINY_NAME = "videollm-online-tiny-random"
_VERSION = 1
_SEED = 20250301

_WORDS = """
a about after all an and answer any appear are assistant at away back be before below between black blue box but by
came can chair clock colour come conversation count do does door down first five floor for four frame frames from gives
go goes gone green grey ground had hand has have he her here his hold in inside interleaved into is it jump kitchen last
leave left letter light list look many me more move moving my near never next no not nothing now number object of off on
once one only open option or orange other out over people person picture please pink purple question received red
right room round run saw scene second see seen she shown sit small so some stand still stop street table take talk
tell than that the their them then there these they thing this three time to took track two under until up use users
video wait wake wave walk wall was watch watching we went were what when where which while white who why will window
with woman word work yellow yes you activities helping multimodal
A AI Answer Below Did Has Have How I In Is It No Okay Some The There What When Where Which Who Yes You
"""

_TOWER = TowerConfig(
    hidden_size=64,
    intermediate_size=128,
    num_hidden_layers=2,
    num_attention_heads=4,
    image_size=96,
    patch_size=16,
)

_LANGUAGE = {
    "architectures": ["LlamaForCausalLM"],
    "model_type": "llama",
    "torch_dtype": "bfloat16",
    "hidden_size": 96,
    "intermediate_size": 192,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "max_position_embeddings": 8192,
    "rms_norm_eps": 1e-5,
    "rope_theta": 500000.0,
    "hidden_act": "silu",
    "tie_word_embeddings": False,
}

_ADAPTER = {
    "peft_type": "LORA",
    "task_type": "CAUSAL_LM",
    "base_model_name_or_path": BASE_BESIDE,
    "r": 4,
    "lora_alpha": 8,
    "lora_dropout": 0.05,
    "bias": "none",
    "target_modules": "model.*(q_proj|k_proj|v_proj|o_proj|gate_proj|up_proj|down_proj)|lm_head$",
    "modules_to_save": ["connector"],
}

_MARK = 0
"""The direction kept free."""
_MARKED = 12.0
_SILENCE, _SPEECH = 7.2, 7.0
_WRITERS = ("o_proj.weight", "down_proj.weight")
"""Layers whose output is added to the embeddings; all others read them (or, the table, hold them row by row)."""
_FACTORS = {"lora_A": 1.0, "lora_B": 0.25, "q_proj": 2.0, "k_proj": 2.0, "o_proj": 3.0}
"""Sizes of weights beside the ordinary: small updates, and attention that makes a difference."""
_BYTES = 256
"""Letters of the byte-level alphabet; the first tokens."""


def tiny_folder() -> Path:
    """Return the folder of the tiny checkpoint in the user's cache (`VSTREAMQA_CACHE` moves it), made if need be."""
    folder = cache_folder() / "checkpoints" / f"{TINY_NAME}-{_VERSION}"
    make_tiny(folder)
    return folder


def make_tiny(folder: Path) -> None:
    """Write the tiny checkpoint: the adapter, and in it its base model and its vision tower.

    The folder appears whole or not at all. 96 x 96 pixels, 6 x 6 patches of 64, ten tokens a frame, Llama of 2 layers
    of 96. The same bytes every time.

    Args:
        folder: where to put it; if it exists already, it is left as it is.
    """
    build_once(folder, _write)


def _write(folder: Path) -> None:
    tokenizer = stream_tokenizer(_WORDS.split())
    language = write_settings(folder, tokenizer=tokenizer, tower=_TOWER, language=_LANGUAGE, adapter=_ADAPTER)
    write_weights(folder, *_weights(LlamaConfig(**language), tokenizer))


def _weights(language: LlamaConfig, tokenizer: Tokenizer) -> tuple[Weights, Weights, Weights]:
    generator = torch.Generator().manual_seed(_SEED)
    network = build_network(V1PLUS, _TOWER, language)
    adapter = msgspec.convert(_ADAPTER, AdapterConfig)
    layers = [name for name, module in network.language.named_modules() if isinstance(module, nn.Linear)]
    updates = new_updates(network.language, filter(adapter.updates, layers), adapter.r)
    base = dict(_random_weights("", network.language, generator))
    connector = dict(_random_weights(CONNECTOR_PREFIX, network.connector, generator))
    changes = dict(_random_weights(PREFIX, updates, generator))
    silence, speech = (tokenizer.encode(text).ids[0] for text in (V1PLUS.interval, "]\n"))
    base["lm_head.weight"][[letter for letter in range(_BYTES) if letter != silence]] = 0  # words, not bytes
    _keep_mark_free(base, changes)
    _mark_frames(connector, base["lm_head.weight"], silence=silence, speech=speech)
    return base, dict(_random_weights(TOWER_PREFIX, network.tower, generator)), connector | changes


def _keep_mark_free(base: dict[str, Tensor], changes: dict[str, Tensor]) -> None:
    """Have nothing but the connector write to the marked direction, and nothing read it."""
    for name, tensor in base.items():
        if "norm" not in name:
            _free(tensor, writes=name.endswith(_WRITERS))
    for name, tensor in changes.items():
        layer, _, part = name.partition(".lora_")
        writes = f"{layer}.weight".endswith(_WRITERS)
        if writes == part.startswith("B"):
            _free(tensor, writes=writes)


def _free(tensor: Tensor, *, writes: bool) -> None:
    if writes:
        tensor[_MARK] = 0
    else:
        tensor[:, _MARK] = 0


def _mark_frames(connector: dict[str, Tensor], head: Tensor, *, silence: int, speech: int) -> None:
    connector[f"{CONNECTOR_PREFIX}2.weight"][_MARK] = 0
    connector[f"{CONNECTOR_PREFIX}2.bias"][_MARK] = _MARKED
    head[silence, _MARK], head[speech, _MARK] = _SILENCE, _SPEECH


def _random_weights(prefix: str, module: nn.Module, generator: torch.Generator) -> Iterator[tuple[str, Tensor]]:
    for name, tensor in sorted(module.state_dict().items()):
        yield prefix + name, _random(name, tensor.shape, generator).to(torch.bfloat16)


def _random(name: str, shape: torch.Size, generator: torch.Generator) -> Tensor:
    """Draw a weight; layer norms start at one, biases at zero, matrices keep the scale of what they multiply."""
    if name.endswith("bias"):
        return torch.zeros(shape)
    if "norm" in name and len(shape) == 1:
        return torch.ones(shape)
    scale = 1.0 if "embed" in name else shape[1:].numel() ** -0.5
    scale *= next((factor for part, factor in _FACTORS.items() if part in name), 1.0)
    return torch.randn(shape, generator=generator) * scale
