"""Reading recorded fixtures: their cases, sizes and draws come from the files alone.

A set of another origin need not record everything: what it leaves out is skipped, what it holds must pass.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
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
GOLDEN = (Path(os.environ.get("VSTREAMQA_GOLDEN") or _DEFAULT) / "flash_vstream" / "llava").resolve()
IS_SHIPPED = GOLDEN.is_relative_to(_DEFAULT.resolve())

if not GOLDEN.is_dir():
    raise FileNotFoundError(
        f"{GOLDEN}: no such folder of recorded fixtures;"
        " VSTREAMQA_GOLDEN names the folder that holds flash_vstream/llava (default tests/golden)"
    )


class RecordedDraws:
    """Hands out recorded draws in their order; more, fewer or others than recorded are an error."""

    def __init__(self, permutations: Iterable[Iterable[int]] = (), rows: Iterable[int] = ()) -> None:
        self._permutations = [list(permutation) for permutation in permutations]
        self._rows = list(rows)

    def permutation(self, n: int, device: torch.device) -> Tensor:
        assert self._permutations, "more permutations are drawn than recorded"
        drawn = self._permutations.pop(0)
        assert sorted(drawn) == list(range(n))
        return torch.tensor(drawn, device=device)

    def row(self, n: int) -> int:
        assert self._rows, "more rows are drawn than recorded"
        drawn = self._rows.pop(0)
        assert drawn < n
        return drawn

    def assert_used_up(self) -> None:
        assert not self._permutations, "fewer permutations are drawn than recorded"
        assert not self._rows, "fewer rows are drawn than recorded"


@dataclass(frozen=True)
class Recording:
    """A json file and the tensors beside it."""

    facts: dict[str, Any]
    tensors: dict[str, Tensor]


def recorded_names(prefix: str = "") -> list[str]:
    """Return the names of what is recorded; one of which only half is there (json or tensors) is among them."""
    files = (path for path in GOLDEN.glob(f"{prefix}*") if path.suffix in {".json", ".safetensors"})
    return sorted({path.stem for path in files})


@cache
def recording(name: str) -> Recording:
    """Read a recording; skip the test if the set has none of that name."""
    if name not in recorded_names():
        pytest.skip(f"no {name} is recorded")
    return Recording(
        facts=json.loads((GOLDEN / f"{name}.json").read_text()), tensors=load_file(GOLDEN / f"{name}.safetensors")
    )


def fact(name: str, key: str) -> Any:
    """Return one entry of a recording's json; skip the test if it is not there."""
    facts = recording(name).facts
    if key not in facts:
        pytest.skip(f"{name} records no {key}")
    return facts[key]


def cases(name: str, fn: str | None = None) -> list[Any]:
    """Return the cases of a recording, those of one function if it is named; none if the set has no such recording."""
    if name not in recorded_names():
        return []
    return [case for case in recording(name).facts.get("cases", ()) if fn is None or case.get("fn") == fn]


def tolerance(dtype: torch.dtype) -> float:
    """Return how far a memory of that type may be from the recorded one."""
    return 2e-3 if dtype == torch.float16 else 1e-5


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


def attention_of(
    tensors: Mapping[str, Tensor], prefix: str, ratio: float, dtype: torch.dtype | None = None
) -> AbstractAttention:
    """Build the attention of a case, in the type of its weights unless another is named."""
    weights = {
        name: tensors[f"{prefix}attention_model.{name}"].to(dtype)
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
    enlarged, size = tensors[key].numpy(), network().tower.image_size
    for axis in (1, 2):
        assert size % enlarged.shape[axis] == 0
        enlarged = np.repeat(enlarged, size // enlarged.shape[axis], axis=axis)
    return torch.from_numpy(enlarged)
