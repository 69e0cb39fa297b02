"""Reading recorded fixtures: their cases, sizes and draws come from the files alone.

A set of another origin need not record everything: what it leaves out is skipped, what it holds must pass.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import torch
from _pytest.mark import ParameterSet
from safetensors.torch import load_file
from torch import Tensor

from vstreamqa.models.flash_vstream_qwen.checkpoint import load_network
from vstreamqa.models.flash_vstream_qwen.config import MemoryConfig, read_config
from vstreamqa.models.flash_vstream_qwen.memory import MemorySizes
from vstreamqa.models.flash_vstream_qwen.network import Network

# Threads gain nothing on tensors this small and cost much when several test processes share the cores.
torch.set_num_threads(1)

_DEFAULT = Path(__file__).parents[1] / "golden"
_ROOT = (Path(os.environ.get("VSTREAMQA_GOLDEN") or _DEFAULT) / "flash_vstream").resolve()
GOLDEN = _ROOT / "qwen"
IS_SHIPPED = GOLDEN.is_relative_to(_DEFAULT.resolve())

if not _ROOT.is_dir():
    raise FileNotFoundError(
        f"{_ROOT}: no such folder of recorded fixtures;"
        " VSTREAMQA_GOLDEN names the folder that holds flash_vstream/qwen (default tests/golden)"
    )


class RecordedDraws:
    """Hands out recorded draws in their order; more, fewer or others than recorded are an error."""

    def __init__(self, steps: Iterable[Mapping[str, Any]] = ()) -> None:
        steps = list(steps)
        self._permutations = [list(permutation) for step in steps for permutation in step.get("randperm", ())]
        self._rows = [row for step in steps for row in step.get("python_randint_draws", ())]

    def permutation(self, n: int, device: torch.device) -> Tensor:
        assert self._permutations, "more permutations are drawn than recorded"
        drawn = self._permutations.pop(0)
        assert sorted(drawn) == list(range(n))
        return torch.tensor(drawn, device=device)

    def row(self, n: int) -> int:
        assert self._rows, "more rows are drawn than recorded"
        drawn: int = self._rows.pop(0)
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


def recorded_names() -> set[str]:
    """Return the names of what is recorded; one of which only half is there (json or tensors) is among them."""
    return {path.stem for path in GOLDEN.glob("*") if path.suffix in {".json", ".safetensors"}}


@cache
def recording(name: str) -> Recording:
    """Read a recording; skip the test if the set has none of that name."""
    if name not in recorded_names():
        pytest.skip(f"no {name} is recorded in {GOLDEN}")
    return Recording(
        facts=json.loads((GOLDEN / f"{name}.json").read_text()), tensors=load_file(GOLDEN / f"{name}.safetensors")
    )


def entries(name: str, key: str) -> list[ParameterSet]:
    """Return the entries of a list in a recording's json, by their names; none if the set has no such recording."""
    if name not in recorded_names():
        return []
    return [pytest.param(entry, id=entry.get("name")) for entry in recording(name).facts.get(key, ())]


def fact(name: str, key: str) -> Any:
    """Return one entry of a recording's json; skip the test if it is not there."""
    facts = recording(name).facts
    if key not in facts:
        pytest.skip(f"{name} records no {key}")
    return facts[key]


def tensor_beginning(name: str, beginning: str) -> Tensor:
    """Return the one tensor whose name begins so (the rest of the name tells what of it was kept)."""
    tensors = recording(name).tensors
    (key,) = (key for key in tensors if key.startswith(beginning))
    return tensors[key]


def assert_near(found: Tensor, expected: Tensor, allowed: float = 1e-5) -> None:
    """Compare tensors; what is recorded in half precision is exact up to a rounding that went the other way."""
    assert found.dtype == expected.dtype
    relative = allowed if expected.dtype == torch.float32 else torch.finfo(expected.dtype).eps
    torch.testing.assert_close(found, expected, rtol=relative, atol=allowed)


def assert_times(found: Tensor, recorded: Sequence[int], candidates: Sequence[Sequence[int]] | None) -> None:
    """Compare the key frames chosen with the recorded ones; of equally near frames any may have been chosen."""
    assert len(found) == len(recorded)
    for slot, time in enumerate(found.tolist()):
        assert time in (candidates[slot] if candidates is not None else [recorded[slot]])


def sizes_of(config: Mapping[str, Any]) -> MemorySizes:
    return MemoryConfig(
        temporal_length=config["flash_memory_temporal_length"], spatial_length=config["flash_memory_spatial_length"]
    ).sizes


@cache
def network() -> Network:
    folder = GOLDEN / "model"
    if not folder.is_dir():
        pytest.skip(f"no model is recorded in {GOLDEN}")
    loaded, _ = load_network(
        folder, read_config(folder / "config.json"), device=torch.device("cpu"), dtype=torch.float32
    )
    return loaded


@cache
def pixels() -> Tensor:
    """Return the recorded frames at full size: every pixel stands for a rectangle of pixels."""
    small = tensor_beginning("model_io", "frames_uint8")
    for axis, side in zip((1, 2), fact("model_io", "frame_hw"), strict=True):
        assert side % small.shape[axis] == 0
        small = small.repeat_interleave(side // small.shape[axis], dim=axis)
    return small


def clip(begin: int, end: int) -> Tensor:
    """Return some of the recorded frames, the last one twice if their number is odd."""
    frames = pixels()[begin:end]
    return torch.cat([frames, frames[-1:]]) if len(frames) % 2 else frames
