"""Latency and memory of the real architectures with random weights, on a machine with a CUDA device.

Each is written out here with torch, transformers and numpy alone, so that it runs where this package is not installed;
what is measured is the architecture with its memory, not our adapters (for those see adapter_overhead.py). Weights are
random: decisions (silence) and the length of answers are forced, and times do not hang on what is said.

The published protocol: one hour of video at 0.5 frames per second, questions of 64 tokens, answers of 128, a hundred
questions spread evenly over the hour. Where those do not fit the time (`--limit`), they are thinned evenly; how many
were asked stands in the result. One model a call:

    python gpu_latency.py --model flash-vstream | videollm-online | flash-vstream-qwen | qwen2.5-vl
                          [--limit 420] [--out FILE] [--tiny]

`flash-vstream`       CLIP-L/14 at 224, STAR memory (681 visual tokens), Vicuna-7B; float16
`videollm-online`     SigLIP-L/16 at 384 (float32, autocast to float16), 10 tokens a frame, Llama-3-8B with everything
                      in its cache; bfloat16
`flash-vstream-qwen`  Qwen2-VL-7B, frames of 448 x 448, 60 clusters and 30 key frames (11,520 visual tokens); bfloat16
`qwen2.5-vl`          Qwen2.5-VL-7B, up to 64 frames of 336 x 448 spread over all that was seen; bfloat16

Frames are uint8 pixels on the host, resized already; a frame's time goes from there to the state that a question can
be put to. A question's tokens are made already. `_service` times start at the call, with no backlog. `--tiny` makes all
of it small, for a CPU: the path is the same, the figures mean nothing.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import torch
import transformers
from torch import Tensor, nn
from torch.nn.functional import adaptive_avg_pool2d, avg_pool2d
from transformers import (
    CLIPVisionConfig,
    CLIPVisionModel,
    DynamicCache,
    LlamaConfig,
    LlamaForCausalLM,
    Qwen2_5_VLConfig,
    Qwen2_5_VLForConditionalGeneration,
    Qwen2VLTextConfig,
    Qwen2VLTextModel,
    SiglipVisionConfig,
    SiglipVisionModel,
)
from transformers.models.qwen2_vl.configuration_qwen2_vl import Qwen2VLVisionConfig
from transformers.models.qwen2_vl.modeling_qwen2_vl import Qwen2VisionTransformerPretrainedModel

HOUR_FRAMES = 1800
PLACES = 100
QUESTION_TOKENS = 64
ANSWER_TOKENS = 128
WARM_UP_FRAMES = 5
SCENES = 40
"""Different frames; the stream repeats them with noise of its own."""


@dataclass(frozen=True, kw_only=True)
class Scale:
    """How large all of it is: the real sizes, or tiny ones."""

    tiny: bool
    device: torch.device
    frames: int
    places: int
    answer: int

    def pick(self, real: Any, tiny: Any) -> Any:
        return tiny if self.tiny else real


class Model(Protocol):
    """An architecture with its memory."""

    side: tuple[int, int]
    """Height and width of a frame."""

    def weights(self) -> int:
        """Return how many parameters there are."""
        ...

    def watch(self, frame: Tensor) -> None:
        """Take in a frame, uint8 [height, width, 3] on the host."""
        ...

    def ask(self, question: Tensor, tokens: int) -> Iterator[int]:
        """Answer a question [length] in so many tokens, leaving no trace; yield them as they come."""
        ...

    def settings(self) -> dict[str, Any]:
        """Return what the figures hang on."""
        ...

    def state(self) -> dict[str, int]:
        """Return how large the state is now."""
        ...


def made(build: Callable[[], nn.Module], device: torch.device, dtype: torch.dtype) -> Any:
    """Build a module with random weights, on the device from the beginning."""
    default = torch.get_default_dtype()
    torch.set_default_dtype(dtype)
    try:
        with device:
            return build().eval().requires_grad_(False)
    finally:
        torch.set_default_dtype(default)


def count(*modules: nn.Module) -> int:
    return sum(weight.numel() for module in modules for weight in module.parameters())


def normalised(frames: Tensor, device: torch.device, dtype: torch.dtype) -> Tensor:
    """Bring uint8 frames [n, height, width, 3] to the device, [n, 3, height, width] between -1 and 1."""
    moved = frames.to(device).permute(0, 3, 1, 2).to(torch.float32)
    return ((moved / 255 - 0.5) / 0.5).to(dtype)


def connector(inside: int, hidden: int) -> nn.Module:
    return nn.Sequential(nn.Linear(inside, hidden), nn.GELU(), nn.Linear(hidden, hidden))


def greedy(
    forward: Callable[..., Any], prompt: dict[str, Any], position: Tensor, cache: Any, tokens: int
) -> Iterator[int]:
    """Yield so many most likely tokens; all but the last are fed. `position` is the prompt's, [..., length]."""
    given = prompt
    for _ in range(tokens):
        output = forward(**given, position_ids=position, past_key_values=cache, use_cache=True, logits_to_keep=1)
        cache, best = output.past_key_values, output.logits[0, -1].argmax()
        yield int(best)
        given, position = {"input_ids": best[None, None]}, position[..., -1:] + 1


def lloyd(rows: Tensor, clusters: int, weights: Tensor, *, rounds: int = 10) -> tuple[Tensor, Tensor, Tensor]:
    """Cluster rows [n, dim] in float32 by weighted k-means; return centroids, weights and mean row numbers."""
    points = rows.float()
    numbers = torch.arange(len(points), device=points.device, dtype=torch.float32)
    start = torch.randperm(len(points), device="cpu")[:clusters].to(points.device)
    centroids = points[start]
    for _ in range(rounds):
        labels = torch.cdist(points, centroids).argmin(dim=1)
        members = nn.functional.one_hot(labels, clusters).T * weights
        mass = members.sum(dim=1)
        means = members @ points / mass.clamp(min=1)[:, None]
        moved = torch.where((mass > 0)[:, None], means, centroids)
        if torch.linalg.vector_norm(moved - centroids, dim=1).sum() < 1e-4:
            break
        centroids = moved
    times = (members > 0).float() @ numbers / (members > 0).sum(dim=1).clamp(min=1)
    return centroids, mass, times


def llama(*, hidden: int, inner: int, layers: int, heads: int, kv: int, vocabulary: int, theta: float) -> LlamaConfig:
    return LlamaConfig(
        hidden_size=hidden,
        intermediate_size=inner,
        num_hidden_layers=layers,
        num_attention_heads=heads,
        num_key_value_heads=kv,
        vocab_size=vocabulary,
        max_position_embeddings=32768,
        rope_parameters={"rope_type": "default", "rope_theta": theta},
    )


TINY_LLAMA = {"hidden": 64, "inner": 128, "layers": 2, "heads": 4, "kv": 2, "vocabulary": 500}
TINY_TOWER = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 3, "num_attention_heads": 4}
LARGE_TOWER = {"hidden_size": 1024, "intermediate_size": 4096, "num_hidden_layers": 24, "num_attention_heads": 16}


class FlashVStream:
    """CLIP without its last layer, the released streaming memory, a two-layer projector, Vicuna."""

    clusters, abstract, retrieved = 25, 25, 3

    def __init__(self, scale: Scale) -> None:
        self._device = scale.device
        self._dtype = torch.float32 if scale.tiny else torch.float16
        tower = CLIPVisionConfig(**scale.pick(LARGE_TOWER, TINY_TOWER), image_size=224, patch_size=14)
        tower.num_hidden_layers -= 1  # the features are the last layer's input
        real = {"hidden": 4096, "inner": 11008, "layers": 32, "heads": 32, "kv": 32, "vocabulary": 32000}
        language = llama(**scale.pick(real, TINY_LLAMA), theta=10000.0)
        self._tower = made(lambda: CLIPVisionModel(tower), self._device, self._dtype)
        self._language = made(lambda: LlamaForCausalLM(language), self._device, self._dtype)
        self._projector = made(lambda: connector(tower.hidden_size, language.hidden_size), self._device, self._dtype)
        self.side = (224, 224)
        self._first: list[Tensor] = []
        self._temporal: Tensor | None = None
        self._abstract: Tensor | None = None
        self._current: Tensor | None = None
        self._keys = torch.zeros(0, dtype=torch.long)

    def weights(self) -> int:
        return count(self._tower, self._language, self._projector)

    def watch(self, frame: Tensor) -> None:
        pixels = normalised(frame[None], self._device, self._dtype)
        patches = self._tower(pixels).last_hidden_state[:, 1:]
        grid = patches.transpose(1, 2).reshape(1, -1, 16, 16)
        self._update(*(avg_pool2d(grid, 16 // side).flatten(2).transpose(1, 2) for side in (8, 4, 1)))

    def ask(self, question: Tensor, tokens: int) -> Iterator[int]:
        embed = self._language.get_input_embeddings()
        prompt = torch.cat([self._projector(self._visual()), embed(question)])
        position = torch.arange(len(prompt), device=self._device)[None]
        yield from greedy(self._language, {"inputs_embeds": prompt[None]}, position, None, tokens)

    def settings(self) -> dict[str, Any]:
        return {"dtype": str(self._dtype), "clusters": self.clusters, "attention": self._attention()}

    def state(self) -> dict[str, int]:
        return {"visual_tokens": len(self._visual())}

    def _attention(self) -> str:
        return str(self._language.config._attn_implementation)

    def _update(self, frame: Tensor, temporal: Tensor, abstract: Tensor) -> None:
        if len(self._first) < self.clusters:
            self._first.append(frame[0])
        self._current = frame[0]
        rows = temporal if self._temporal is None else torch.cat([self._temporal, temporal])
        if len(rows) <= self.clusters:
            self._temporal, mass = rows, torch.ones(len(rows), device=self._device)
        else:
            flat, mass, _ = lloyd(rows.flatten(1), self.clusters, torch.ones(len(rows), device=self._device))
            self._temporal = flat.reshape(self.clusters, *rows.shape[1:]).to(self._dtype)
        self._keys = torch.argsort(mass, descending=True, stable=True)[: self.retrieved]
        old = self._abstract
        if old is None or len(old) < self.abstract:
            self._abstract = abstract if old is None else torch.cat([old, abstract])
        else:  # attention over the one new frame: every slot moves towards it
            self._abstract = 0.8 * old + 0.2 * abstract

    def _visual(self) -> Tensor:
        assert self._temporal is not None
        assert self._abstract is not None
        assert self._current is not None
        keys = [self._first[key] for key in self._keys.tolist()]
        return torch.cat([self._abstract.flatten(0, 1), self._temporal.flatten(0, 1), *keys, self._current])


class VideoLLMOnline:
    """SigLIP, pooled token and nine averages a frame, connector, Llama 3 with all of the stream in its cache."""

    def __init__(self, scale: Scale) -> None:
        self._device = scale.device
        self._dtype = torch.float32 if scale.tiny else torch.bfloat16
        side = scale.pick(384, 96)
        tower = SiglipVisionConfig(**scale.pick(LARGE_TOWER, TINY_TOWER), image_size=side, patch_size=16)
        real = {"hidden": 4096, "inner": 14336, "layers": 32, "heads": 32, "kv": 8, "vocabulary": 128256}
        language = llama(**scale.pick(real, TINY_LLAMA), theta=500000.0)
        self._tower = made(lambda: SiglipVisionModel(tower), self._device, torch.float32)
        self._language = made(lambda: LlamaForCausalLM(language), self._device, self._dtype)
        self._connector = made(lambda: connector(tower.hidden_size, language.hidden_size), self._device, self._dtype)
        self._grid = side // 16
        self._cache = DynamicCache()
        self._interval = torch.tensor([11], device=self._device)
        self.side = (side, side)

    def weights(self) -> int:
        return count(self._tower, self._language, self._connector)

    def watch(self, frame: Tensor) -> None:
        pixels = normalised(frame[None], self._device, torch.float32)
        with self._autocast():
            output = self._tower(pixels)
        patches = output.last_hidden_state
        grid = patches.transpose(1, 2).reshape(1, -1, self._grid, self._grid)
        averages = adaptive_avg_pool2d(grid, 3).flatten(2).transpose(1, 2)
        tokens = torch.cat([output.pooler_output[:, None], averages], dim=1).to(self._dtype)
        embed = self._language.get_input_embeddings()
        embedded = torch.cat([embed(self._interval), self._connector(tokens)[0]])
        output = self._language(
            inputs_embeds=embedded[None],
            position_ids=self._positions(len(embedded)),
            past_key_values=self._cache,
            use_cache=True,
            logits_to_keep=1,
        )
        probability = torch.softmax(output.logits[0, -1].float(), dim=0)[11]
        float(probability)  # the decision waits for it; it is always silence

    def ask(self, question: Tensor, tokens: int) -> Iterator[int]:
        before = self._cache.get_seq_length()
        try:
            prompt, position = {"input_ids": question[None]}, self._positions(len(question))
            yield from greedy(self._language, prompt, position, self._cache, tokens)
        finally:
            self._cache.crop(before - self._cache.get_seq_length())

    def settings(self) -> dict[str, Any]:
        return {
            "dtype": str(self._dtype),
            "tower": "float32, autocast to float16 on CUDA",
            "tokens_per_frame": 11,
            "cache_budget": None,
            "attention": str(self._language.config._attn_implementation),
        }

    def state(self) -> dict[str, int]:
        return {"cache_tokens": int(self._cache.get_seq_length())}

    def _positions(self, length: int) -> Tensor:
        done = self._cache.get_seq_length()
        return torch.arange(done, done + length, device=self._device)[None]

    def _autocast(self) -> AbstractContextManager[Any]:
        return torch.autocast("cuda", dtype=torch.float16) if self._device.type == "cuda" else nullcontext()


class QwenLanguage(nn.Module):
    """Qwen2-VL's language model with its head."""

    def __init__(self, config: Qwen2VLTextConfig) -> None:
        super().__init__()
        self.model = Qwen2VLTextModel(config)
        self.lm_head = nn.Linear(config.hidden_size, config.vocab_size, bias=False)

    def forward(self, *, logits_to_keep: int, **inputs: Any) -> Any:
        output = self.model(**inputs)
        output.logits = self.lm_head(output.last_hidden_state[:, -logits_to_keep:])
        return output


QWEN_7B = {
    "hidden_size": 3584,
    "intermediate_size": 18944,
    "num_hidden_layers": 28,
    "num_attention_heads": 28,
    "num_key_value_heads": 4,
    "vocab_size": 152064,
    "max_position_embeddings": 32768,
    "rope_parameters": {"rope_type": "default", "rope_theta": 1e6, "mrope_section": [16, 24, 24]},
}
QWEN_TINY = {
    "hidden_size": 64,
    "intermediate_size": 128,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "vocab_size": 500,
    "max_position_embeddings": 32768,
    "rope_parameters": {"rope_type": "default", "rope_theta": 1e6, "mrope_section": [2, 3, 3]},
    "bos_token_id": None,
    "eos_token_id": None,
}


def patch_rows(step: Tensor) -> Tensor:
    """Turn a step of two equal frames [3, height, width] into rows of patches, neighbours of a 2 x 2 block together."""
    height, width = step.shape[1] // 28, step.shape[2] // 28
    blocks = step.reshape(3, height, 2, 14, width, 2, 14).permute(1, 4, 2, 5, 0, 3, 6)
    doubled = blocks[:, :, :, :, :, None].expand(-1, -1, -1, -1, -1, 2, -1, -1)
    return doubled.reshape(height * width * 4, 3 * 2 * 14 * 14)


class FlashVStreamQwen:
    """Qwen2-VL with the Flash memory between its tower and its merger; what was seen is kept on the host."""

    def __init__(self, scale: Scale) -> None:
        self._device = scale.device
        self._dtype = torch.float32 if scale.tiny else torch.bfloat16
        self._clusters_most, self._keys_most = scale.pick((60, 30), (12, 6))
        small = {"depth": 2, "embed_dim": 32, "hidden_size": 64, "mlp_ratio": 2, "num_heads": 2}
        real = {"depth": 32, "embed_dim": 1280, "hidden_size": 3584, "mlp_ratio": 4, "num_heads": 16}
        vision = Qwen2VLVisionConfig(**scale.pick(real, small), patch_size=14)
        language = Qwen2VLTextConfig(**scale.pick(QWEN_7B, QWEN_TINY))
        self._tower = made(lambda: Qwen2VisionTransformerPretrainedModel(vision), self._device, self._dtype)
        self._merger, self._tower.merger = self._tower.merger, nn.Identity()
        self._language = made(lambda: QwenLanguage(language), self._device, self._dtype)
        self.side = scale.pick((448, 448), (112, 112))
        self._full: list[Tensor] = []
        self._pooled: list[Tensor] = []
        self._clusters: Tensor | None = None
        self._mass = torch.ones(0, device=self._device)
        self._times = torch.zeros(0, device=self._device)

    def weights(self) -> int:
        return count(self._tower, self._merger, self._language)

    def watch(self, frame: Tensor) -> None:
        pixels = normalised(frame[None], self._device, torch.float32)
        rows = [patch_rows(pixels[0]), patch_rows(avg_pool2d(pixels, 2)[0])]
        height, width = (side // 14 for side in self.side)
        grids = torch.tensor([[1, height, width], [1, height // 2, width // 2]], device=self._device)
        features = self._tower(torch.cat(rows).to(self._dtype), grid_thw=grids).last_hidden_state
        full, pooled = features[: height * width], features[height * width :]
        self._full.append(full.cpu())
        self._pooled.append(pooled.cpu())
        self._update(pooled)

    def ask(self, question: Tensor, tokens: int) -> Iterator[int]:
        assert self._clusters is not None
        keys = self._nearest()
        shown = [self._full[key].to(self._device) for key in keys]
        visual = self._merger(torch.cat([*shown, self._clusters.flatten(0, 1)]).to(self._dtype))
        prompt = torch.cat([visual, self._language.model.embed_tokens(question)])
        position = self._positions(keys, len(question))
        yield from greedy(self._language, {"inputs_embeds": prompt[None]}, position, None, tokens)

    def settings(self) -> dict[str, Any]:
        return {
            "dtype": str(self._dtype),
            "frame": list(self.side),
            "clusters": self._clusters_most,
            "key_frames": self._keys_most,
            "bank": "on the host",
            "attention": str(self._language.model.config._attn_implementation),
        }

    def state(self) -> dict[str, int]:
        bank = sum(tensor.nbytes for tensor in (*self._full, *self._pooled))
        return {"steps_in_the_bank": len(self._full), "bank_bytes_on_the_host": bank}

    def _update(self, pooled: Tensor) -> None:
        new = pooled[None].float()
        rows = new if self._clusters is None else torch.cat([self._clusters, new])
        weights = torch.cat([self._mass, torch.ones(1, device=self._device)])
        if len(rows) <= self._clusters_most:
            self._clusters, self._mass = rows, weights
            self._times = torch.arange(len(rows), device=self._device, dtype=torch.float32)
            return
        flat, mass, times = lloyd(rows.flatten(1), self._clusters_most, weights)
        order = torch.argsort(times, stable=True)
        self._clusters = flat[order].reshape(self._clusters_most, *rows.shape[1:])
        self._mass, self._times = mass[order], times[order]

    def _nearest(self) -> list[int]:
        """Return the steps nearest to the heaviest clusters, out of all."""
        assert self._clusters is not None
        if len(self._full) <= self._keys_most:
            return list(range(len(self._full)))
        heaviest = torch.argsort(self._mass, descending=True, stable=True)[: self._keys_most]
        points = self._clusters[heaviest].flatten(1)
        found = []
        for begin in range(0, len(self._pooled), 16):
            rows = torch.stack(self._pooled[begin : begin + 16]).to(self._device).flatten(1).float()
            found.append(torch.cdist(rows, points))
        nearest: list[int] = torch.cat(found).argmin(dim=0).tolist()
        return nearest

    def _positions(self, keys: list[int], text: int) -> Tensor:
        """Number visual tokens by time, row and column, and the text behind them by their count."""
        height, width = (side // 28 for side in self.side)
        parts = [
            self._grid(torch.tensor(keys, device=self._device), height, width),
            self._grid(self._times.round().long(), height // 2, width // 2),
        ]
        parts[1] += parts[0].shape[1]
        seen = parts[0].shape[1] + parts[1].shape[1]
        parts.append(torch.arange(seen, seen + text, device=self._device).expand(3, -1))
        return torch.cat(parts, dim=1)[:, None]

    def _grid(self, times: Tensor, height: int, width: int) -> Tensor:
        rows, columns = (torch.arange(side, device=self._device) for side in (height, width))
        return torch.stack(torch.meshgrid(times, rows, columns, indexing="ij")).flatten(1)


class Qwen25VL:
    """Qwen2.5-VL over frames spread evenly over the prefix; all work is done when a question comes."""

    def __init__(self, scale: Scale) -> None:
        self._device = scale.device
        self._dtype = torch.float32 if scale.tiny else torch.bfloat16
        self._most = scale.pick(64, 8)
        real = {"hidden_size": 1280, "out_hidden_size": 3584, "intermediate_size": 3420, "num_heads": 16, "depth": 32}
        small = {"hidden_size": 32, "out_hidden_size": 64, "intermediate_size": 64, "num_heads": 2, "depth": 2}
        vision = {**scale.pick(real, small), "fullatt_block_indexes": scale.pick([7, 15, 23, 31], [1])}
        special = {"video_token_id": 151656, "image_token_id": 151655, "vision_start_token_id": 151652}
        few = {"video_token_id": 3, "image_token_id": 4, "vision_start_token_id": 5, "vision_end_token_id": 6}
        config = Qwen2_5_VLConfig(
            text_config=scale.pick(QWEN_7B, QWEN_TINY),
            vision_config={**vision, "tokens_per_second": 2, "window_size": 112},
            tie_word_embeddings=False,
            **scale.pick({**special, "vision_end_token_id": 151653}, few),
        )
        self._placeholder = int(config.video_token_id)
        self._model = made(lambda: Qwen2_5_VLForConditionalGeneration(config), self._device, self._dtype)
        self.side = scale.pick((336, 448), (56, 56))
        self._frames: list[Tensor] = []

    def weights(self) -> int:
        return count(self._model)

    def watch(self, frame: Tensor) -> None:
        self._frames.append(frame.clone())

    def ask(self, question: Tensor, tokens: int) -> Iterator[int]:
        steps, height, width = self._shown(), self.side[0] // 28, self.side[1] // 28
        pixels = normalised(torch.stack(steps), self._device, torch.float32)
        rows = self._rows(pixels).to(self._dtype)
        length = len(steps) // 2
        visual = torch.full((length * height * width,), self._placeholder, device=self._device)
        prompt = {
            "input_ids": torch.cat([visual, question])[None],
            "pixel_values_videos": rows,
            "video_grid_thw": torch.tensor([[length, height * 2, width * 2]], device=self._device),
        }
        position = self._positions(length, height, width, len(question))
        yield from greedy(self._model, prompt, position, None, tokens)

    def settings(self) -> dict[str, Any]:
        return {
            "dtype": str(self._dtype),
            "frame": list(self.side),
            "frames_shown_at_most": self._most,
            "attention": str(self._model.config._attn_implementation),
        }

    def state(self) -> dict[str, int]:
        return {"frames_held_on_the_host": len(self._frames)}

    def _shown(self) -> list[Tensor]:
        held = len(self._frames)
        many = min(self._most, held)
        places = [round(number * (held - 1) / max(1, many - 1)) for number in range(many)]
        return [self._frames[place] for place in (*places, *places[many - many % 2 :])]

    def _rows(self, pixels: Tensor) -> Tensor:
        frames, _, height, width = pixels.shape
        grid = pixels.reshape(frames // 2, 2, 3, height // 28, 2, 14, width // 28, 2, 14)
        return grid.permute(0, 3, 6, 4, 7, 2, 1, 5, 8).reshape(-1, 3 * 2 * 14 * 14)

    def _positions(self, steps: int, height: int, width: int, text: int) -> Tensor:
        seconds = len(self._frames) * 2 / max(1, steps)
        times = (torch.arange(steps, device=self._device) * seconds * 2).long()
        rows, columns = (torch.arange(side, device=self._device) for side in (height, width))
        visual = torch.stack(torch.meshgrid(times, rows, columns, indexing="ij")).flatten(1)
        ahead = int(visual.max()) + 1
        behind = torch.arange(ahead, ahead + text, device=self._device).expand(3, -1)
        return torch.cat([visual, behind], dim=1)[:, None]


MODELS: dict[str, Callable[[Scale], Model]] = {
    "flash-vstream": FlashVStream,
    "videollm-online": VideoLLMOnline,
    "flash-vstream-qwen": FlashVStreamQwen,
    "qwen2.5-vl": Qwen25VL,
}


def synchronised(device: torch.device) -> float:
    """Return the time in seconds, after everything given to the device is done."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    return time.perf_counter()


def memory(device: torch.device) -> dict[str, int]:
    """Return the memory in use: the host's peak and, on CUDA, what is allocated and the peaks since the last reset."""
    host = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    if device.type != "cuda":
        return {"host_peak_bytes": host}
    free, total = torch.cuda.mem_get_info(device)
    return {
        "allocated_bytes": torch.cuda.memory_allocated(device),
        "max_allocated_bytes": torch.cuda.max_memory_allocated(device),
        "max_reserved_bytes": torch.cuda.max_memory_reserved(device),
        "device_used_bytes": total - free,
        "host_peak_bytes": host,
    }


def canary(device: torch.device) -> float:
    """Return the median seconds of a fixed product of matrices: it drifts where others use the device."""
    side = 4096 if device.type == "cuda" else 256
    dtype = torch.float16 if device.type == "cuda" else torch.float32
    matrix = torch.ones(side, side, device=device, dtype=dtype)
    times = []
    for _ in range(25):
        begun = synchronised(device)
        for _ in range(10):
            matrix @ matrix  # only its time matters
        times.append(synchronised(device) - begun)
    return float(np.median(times[5:]))


class Footage:
    """Scenes that come back, with noise; no two frames are the same."""

    def __init__(self, side: tuple[int, int]) -> None:
        self._rng = np.random.default_rng(0)
        self._scenes = self._rng.integers(0, 224, (SCENES, *side, 3), dtype=np.uint8)

    def __getitem__(self, index: int) -> Tensor:
        scene = self._scenes[index // 7 % SCENES]
        return torch.from_numpy(scene + self._rng.integers(0, 32, scene.shape, dtype=np.uint8))


@dataclass(frozen=True)
class Answer:
    """Times of one answer in seconds."""

    first: float
    whole: float
    restored: float


def ask(model: Model, question: Tensor, tokens: int, device: torch.device) -> Answer:
    """Put a question, and wait for the whole answer and for the state to be as it was."""
    begun = synchronised(device)
    stream = model.ask(question, tokens)
    next(stream)
    first = synchronised(device)
    for _ in range(tokens - 1):
        next(stream)
    ended = synchronised(device)
    for _ in stream:
        raise AssertionError("an answer was longer than asked for")
    return Answer(first - begun, ended - begun, synchronised(device) - ended)


def summed(times: list[float]) -> dict[str, float | int]:
    """Return n, quantiles and maximum, in milliseconds; p99 only where a hundred support it."""
    if not times:
        return {"n": 0}
    levels = (50, 90, 95, *((99,) if len(times) >= 100 else ()))
    found = np.percentile(np.array(times) * 1e3, levels)
    shown = {f"p{level}_ms": round(float(value), 3) for level, value in zip(levels, found, strict=True)}
    return {"n": len(times), **shown, "max_ms": round(max(times) * 1e3, 3)}


@torch.inference_mode()
def measure(model: Model, scale: Scale, limit: float) -> dict[str, Any]:
    """Watch the hour and ask what fits; the time for answers is spread evenly over the stream."""
    device = scale.device
    footage = Footage(model.side)
    generator = torch.Generator().manual_seed(0)
    frame_times: list[float] = []
    answers: list[Answer] = []
    curve: list[dict[str, Any]] = []
    spacing, spent = scale.frames // scale.places, 0.0
    for index in range(scale.frames):
        frame = footage[index]
        begun = synchronised(device)
        model.watch(frame)
        if index >= WARM_UP_FRAMES:
            frame_times.append(synchronised(device) - begun)
        question = torch.randint(20, 400, (QUESTION_TOKENS,), generator=generator).to(device)
        if index == WARM_UP_FRAMES:
            ask(model, question, scale.answer, device)  # warm-up, not counted
        place = (index + 1) // spacing
        if (index + 1) % spacing == 0 and spent <= limit * place / scale.places:
            answers.append(ask(model, question, scale.answer, device))
            spent += answers[-1].whole
        if (index + 1) % (scale.frames // 10) == 0:
            curve.append({"frames": index + 1, **memory(device), **model.state()})
    return {**timings(frame_times, answers, scale.answer), "memory_over_frames": curve}


def timings(frame_times: list[float], answers: list[Answer], tokens: int) -> dict[str, Any]:
    tenth = max(1, len(frame_times) // 10)
    last, first = np.median(frame_times[-tenth:]), np.median(frame_times[:tenth])
    return {
        "frame_latency": summed(frame_times),
        "frame_latency_last_tenth_over_first": round(float(last / first), 3),
        "ttft_service": summed([answer.first for answer in answers]),
        "answer_latency_service": summed([answer.whole for answer in answers]),
        "tpot": summed([(answer.whole - answer.first) / (tokens - 1) for answer in answers]),
        "restoring": summed([answer.restored for answer in answers]),
        "questions_asked": len(answers),
    }


def hardware(device: torch.device) -> dict[str, Any]:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    found: dict[str, Any] = {"cpu": platform.processor() or platform.machine(), "cores": cores, "gpus": []}
    if device.type == "cuda":
        properties = torch.cuda.get_device_properties(device)
        found["gpus"] = [{"name": properties.name, "memory_bytes": properties.total_memory}]
        found["cuda"] = torch.version.cuda
    return found


def versions() -> dict[str, str]:
    return {
        "python": platform.python_version(),
        "torch": torch.__version__,
        "transformers": transformers.__version__,
        "numpy": np.__version__,
    }


def run(name: str, scale: Scale, limit: float) -> dict[str, Any]:
    """Build a model, measure it, and say under what conditions."""
    device = scale.device
    others = memory(device).get("device_used_bytes", 0)
    model = MODELS[name](scale)
    loaded = memory(device)
    before = canary(device)
    if device.type == "cuda":
        torch.cuda.empty_cache()
        torch.cuda.reset_peak_memory_stats(device)
    found = measure(model, scale, limit)
    ended = memory(device)
    after = canary(device)
    return {
        "model": name,
        "tiny": scale.tiny,
        "parameters": model.weights(),
        "settings": model.settings(),
        "protocol": {
            "frames": scale.frames,
            "fps": 0.5,
            "questions_offered": scale.places,
            "question_tokens": QUESTION_TOKENS,
            "answer_tokens": scale.answer,
            "warm_up": f"{WARM_UP_FRAMES} frames and one question, not counted",
            "seconds_for_answers_at_most": limit,
        },
        **found,
        "memory_after_loading": loaded,
        "memory_at_the_end": ended,
        "device_used_before_anything_bytes": others,
        "canary_ms": [round(before * 1e3, 4), round(after * 1e3, 4)],
        "canary_drift": round(after / before - 1, 4),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", required=True, choices=MODELS)
    parser.add_argument("--limit", type=float, default=420.0, help="seconds that all answers may take together")
    parser.add_argument("--out", type=Path, help="where to write the figures; beside this file if not said")
    parser.add_argument("--tiny", action="store_true", help="small sizes, for a CPU; written only with --out")
    arguments = parser.parse_args()
    if not arguments.tiny and not torch.cuda.is_available():
        parser.error("the real sizes need a CUDA device; --tiny runs the same path on a CPU")
    device = torch.device("cpu" if arguments.tiny else "cuda:0")
    frames, places, answer = (60, 5, 8) if arguments.tiny else (HOUR_FRAMES, PLACES, ANSWER_TOKENS)
    torch.manual_seed(0)
    scale = Scale(tiny=arguments.tiny, device=device, frames=frames, places=places, answer=answer)
    result = {
        "benchmark": "gpu_latency",
        "measured_on": datetime.now(UTC).date().isoformat(),
        "hardware": hardware(device),
        "versions": versions(),
        "figures": run(arguments.model, scale, arguments.limit),
    }
    text = json.dumps(result, indent=1)
    print(text)
    out = arguments.out
    if out is None and not arguments.tiny:
        out = Path(__file__).parent / "results" / f"gpu_latency_{arguments.model}.json"
    if out is not None:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(text + "\n")


if __name__ == "__main__":
    main()
