"""Models of some tens of millions of parameters, made in memory: random weights, the tiny checkpoints' tokenisers.

Large enough that the forward passes take most of the time, small enough for one core.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import msgspec
import torch
import transformers
from torch import Tensor, nn
from transformers import LlamaConfig

from vstreamqa.models.flash_vstream import checkpoint as flash_checkpoint
from vstreamqa.models.flash_vstream import config as flash_config
from vstreamqa.models.flash_vstream import network as flash_network
from vstreamqa.models.flash_vstream import tokenizer as flash_tokenizer
from vstreamqa.models.flash_vstream import vision as flash_vision
from vstreamqa.models.flash_vstream.adapter import DEMO_NAME, FlashVStream
from vstreamqa.models.flash_vstream.options import Options as FlashOptions
from vstreamqa.models.shared.normalisation import Normalisation
from vstreamqa.models.shared.trained import trained_folder
from vstreamqa.models.transformers_video import checkpoint as video_checkpoint
from vstreamqa.models.transformers_video import tiny as video_tiny
from vstreamqa.models.transformers_video.adapter import TransformersVideo
from vstreamqa.models.transformers_video.options import Options as VideoOptions
from vstreamqa.models.videollm_online import checkpoint as online_checkpoint
from vstreamqa.models.videollm_online import network as online_network
from vstreamqa.models.videollm_online import tiny as online_tiny
from vstreamqa.models.videollm_online import tokenizer as online_tokenizer
from vstreamqa.models.videollm_online import vision as online_vision
from vstreamqa.models.videollm_online.adapter import VideoLLMOnline
from vstreamqa.models.videollm_online.dialogue import V1PLUS
from vstreamqa.models.videollm_online.options import Options as OnlineOptions
from vstreamqa.models.videollm_online.tokens import stream_tokens
from vstreamqa.schema import Checkpoint

CPU = torch.device("cpu")
PIXELS = 224
SURE = 1e3
"""Bias of a token that is always to be the most likely one."""

_TOWER: dict[str, Any] = {"hidden_size": 384, "intermediate_size": 1536, "num_attention_heads": 6, "image_size": PIXELS}
_LANGUAGE: dict[str, Any] = {
    "hidden_size": 512,
    "intermediate_size": 1376,
    "num_hidden_layers": 8,
    "num_attention_heads": 8,
    "num_key_value_heads": 4,
    "max_position_embeddings": 32768,
}


def widen() -> None:
    """Make the language models of what is made from now on twice as wide: four times the weights."""
    for name in ("hidden_size", "intermediate_size", "num_attention_heads", "num_key_value_heads"):
        _LANGUAGE[name] *= 2


def parameters(*modules: nn.Module) -> int:
    """Return how many weights there are."""
    return sum(weight.numel() for module in modules for weight in module.parameters())


def flash_vstream() -> tuple[FlashVStream, flash_checkpoint.Loaded]:
    """Make a Flash-VStream with the released memory: 681 visual tokens."""
    folder = trained_folder(DEMO_NAME)
    values = msgspec.json.decode((folder / "config.json").read_bytes())
    values |= {
        **_LANGUAGE,
        "num_key_value_heads": _LANGUAGE["num_attention_heads"],
        "mm_hidden_size": _TOWER["hidden_size"],
    }
    values |= {"compress_size": 8, "compress_long_memory_size": 4, "compress_Turing_memory_size": 1}
    config = msgspec.convert(values, flash_config.FlashVStreamConfig)
    tower = flash_vision.TowerConfig(**_TOWER, num_hidden_layers=9, patch_size=14)
    network = flash_network.build_network(config, tower, Normalisation())
    for module in (network.tower, network.attention, network.projector, network.language):
        _fill(module)
    flash_network.make_buffers(network, CPU)
    tokenizer = flash_tokenizer.load_tokenizer(folder, vocab_size=config.vocab_size)
    loaded = flash_checkpoint.Loaded(network=network, tokenizer=tokenizer, provenance=_provenance("flash-vstream"))
    return FlashVStream(loaded, options=FlashOptions(), fps=1.0, dtype="float32"), loaded


def videollm_online(layers: int = 8) -> tuple[VideoLLMOnline, online_checkpoint.Loaded]:
    """Make a VideoLLM-online that is always silent: a bias on its head sees to it."""
    folder = online_tiny.tiny_folder()
    base = folder / online_checkpoint.BASE_BESIDE
    values = msgspec.json.decode((base / "config.json").read_bytes())
    config = LlamaConfig(**{**values, **_LANGUAGE, "num_hidden_layers": layers})
    tower = online_vision.TowerConfig(**_TOWER, num_hidden_layers=6, patch_size=16)
    network = online_network.build_network(V1PLUS, tower, config)
    for module in (network.tower, network.connector, network.language):
        _fill(module)
    online_network.make_buffers(network, CPU)
    tokenizer, _ = online_tokenizer.load_tokenizer((base,), vocab_size=config.vocab_size)
    silence = torch.zeros(config.vocab_size)
    silence[stream_tokens(tokenizer, V1PLUS).silence] = SURE
    network.language.lm_head.bias = nn.Parameter(silence, requires_grad=False)
    loaded = online_checkpoint.Loaded(network=network, tokenizer=tokenizer, provenance=_provenance("videollm-online"))
    return VideoLLMOnline(loaded, options=OnlineOptions(), fps=2.0, dtype="float32"), loaded


def qwen2_vl(frames: int) -> tuple[TransformersVideo, video_checkpoint.Loaded]:
    """Make a Qwen2-VL that answers about so many frames."""
    options = VideoOptions(family="qwen2_vl", frames=frames, min_pixels=PIXELS**2, max_pixels=PIXELS**2)
    tiny = video_checkpoint.load_checkpoint(
        str(video_tiny.tiny_folder("qwen2_vl")), options, device=CPU, dtype=torch.float32
    )
    values: dict[str, Any] = tiny.model.config.to_dict()
    values["text_config"] |= _LANGUAGE
    values["text_config"].pop("layer_types", None)
    values["text_config"]["rope_parameters"] |= {"mrope_section": [8, 12, 12]}
    values["vision_config"] |= {"depth": 6, "embed_dim": 384, "mlp_ratio": 4, "num_heads": 6}
    values["vision_config"]["hidden_size"] = _LANGUAGE["hidden_size"]
    model: Any = transformers.Qwen2VLForConditionalGeneration(type(tiny.model.config)(**values))
    _draw(model)
    loaded = replace(tiny, model=model.eval().requires_grad_(False))
    return TransformersVideo(loaded, options=options, fps=1.0, dtype="float32"), loaded


def _provenance(name: str) -> Checkpoint:
    return Checkpoint(id=f"{name}-middling-random", revision=None, hash=None, weights_bytes=None)


def _fill(module: nn.Module) -> None:
    """Give a module of the meta device weights."""
    module.to_empty(device=CPU).eval().requires_grad_(False)
    _draw(module)


@torch.no_grad()
def _draw(module: nn.Module) -> None:
    generator = torch.Generator().manual_seed(0)
    for name, weight in sorted(module.named_parameters()):
        weight.copy_(_random(name, weight.shape, generator))


def _random(name: str, shape: torch.Size, generator: torch.Generator) -> Tensor:
    if name.endswith("bias"):
        return torch.zeros(shape)
    if len(shape) == 1:
        return torch.ones(shape)
    scale: float = shape[1:].numel() ** -0.5
    return torch.randn(shape, generator=generator) * scale
