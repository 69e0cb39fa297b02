"""Reading recorded fixtures: their cases, sizes and draws come from the files alone."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import load_file
from torch import Tensor

from vstreamqa.models.flash_vstream.attention import AbstractAttention
from vstreamqa.models.flash_vstream.checkpoint import load_network
from vstreamqa.models.flash_vstream.memory import MemorySizes
from vstreamqa.models.flash_vstream.network import Network
from vstreamqa.models.flash_vstream.options import VisionSource

# Threads gain nothing on tensors this small and cost much when several test processes share the cores.
torch.set_num_threads(1)

_DEFAULT = Path(__file__).parents[1] / "golden"
GOLDEN = Path(os.environ.get("VSTREAMQA_GOLDEN", _DEFAULT)) / "flash_vstream" / "llava"


class RecordedDraws:
    """Hands out recorded draws in their order; more, fewer or others than recorded are an error."""

    def __init__(self, permutations: Iterable[Iterable[int]] = (), rows: Iterable[int] = ()) -> None:
        self._permutations = [list(permutation) for permutation in permutations]
        self._rows = list(rows)

    def permutation(self, n: int, device: torch.device) -> Tensor:
        drawn = self._permutations.pop(0)
        assert len(drawn) == n
        return torch.tensor(drawn, device=device)

    def row(self, n: int) -> int:
        drawn = self._rows.pop(0)
        assert drawn < n
        return drawn

    def assert_used_up(self) -> None:
        assert not self._permutations
        assert not self._rows


@dataclass(frozen=True)
class Recording:
    """A json file and the tensors beside it."""

    facts: dict[str, Any]
    tensors: dict[str, Tensor]


@cache
def recording(name: str) -> Recording:
    return Recording(
        facts=json.loads((GOLDEN / f"{name}.json").read_text()), tensors=load_file(GOLDEN / f"{name}.safetensors")
    )


def recordings(prefix: str) -> list[str]:
    return sorted(path.stem for path in GOLDEN.glob(f"{prefix}*.json") if path.with_suffix(".safetensors").exists())


def cases(name: str, fn: str | None = None) -> list[Any]:
    """Return the cases of a file, those of one function if it is named."""
    if name not in recordings(name):
        return []
    return [case for case in recording(name).facts["cases"] if fn is None or case.get("fn") == fn]


def draws_of(facts: Mapping[str, Any], tensors: Mapping[str, Tensor], prefix: str) -> RecordedDraws:
    """Return the draws of a case whose permutation, if any, is a tensor."""
    key = f"{prefix}.randperm"
    permutations = [tensors[key].tolist()] if key in tensors else []
    return RecordedDraws(permutations, facts.get("python_randint_draws", ()))


def draws_in(steps: Iterable[Mapping[str, Any]]) -> RecordedDraws:
    """Return the draws of steps whose permutations are in the json."""
    steps = list(steps)
    return RecordedDraws(
        (permutation for step in steps for permutation in step.get("randperm", ())),
        (row for step in steps for row in step.get("python_randint_draws", ())),
    )


def attention_of(tensors: Mapping[str, Tensor], prefix: str, ratio: float) -> AbstractAttention:
    weights = {
        name: tensors[f"{prefix}attention_model.{name}"]
        for name in ("q_proj.weight", "q_proj.bias", "k_proj.weight", "k_proj.bias")
    }
    hidden, dim = weights["q_proj.weight"].shape
    attention = AbstractAttention(dim, hidden, ratio).to(weights["q_proj.weight"].dtype)
    attention.load_state_dict(weights)
    return attention.requires_grad_(False)


def sizes_of(facts: Mapping[str, Any]) -> MemorySizes:
    return MemorySizes(
        frame=facts["compress_size"],
        temporal=facts["compress_long_memory_size"],
        abstract=facts["compress_Turing_memory_size"],
        temporal_length=facts["video_long_memory_length"],
        abstract_length=facts["video_Turing_memory_length"],
        current_length=facts["video_current_memory_length"],
    )


@cache
def network(vision: VisionSource = "shard") -> Network:
    loaded, _ = load_network(GOLDEN / "model", vision=vision, device=torch.device("cpu"), dtype=torch.float32)
    return loaded


@cache
def pixels() -> Tensor:
    """Return the recorded frames at the tower's size: every pixel stands for a square of pixels."""
    tensors = recording("model_io").tensors
    (key,) = (key for key in tensors if key.startswith("frames_uint8"))
    small = tensors[key].numpy()
    repeats = network().tower.image_size // small.shape[1]
    return torch.from_numpy(np.repeat(np.repeat(small, repeats, axis=1), repeats, axis=2))
