"""Reading recorded VideoLLM-online fixtures: their cases, sizes and constants come from the files alone.

A set of another origin need not record everything: what it leaves out is skipped, what it holds must pass.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file
from torch import Tensor

from vstreamqa.models.videollm_online.checkpoint import Loaded, load_checkpoint
from vstreamqa.models.videollm_online.dialogue import Assistant, Frames, Layout, Message, User
from vstreamqa.models.videollm_online.options import Options

# Threads gain nothing on tensors this small and cost much when several test processes share the cores.
torch.set_num_threads(1)

_DEFAULT = Path(__file__).parents[1] / "golden"
GOLDEN = (Path(os.environ.get("VSTREAMQA_GOLDEN") or _DEFAULT) / "videollm_online").resolve()

if not GOLDEN.is_dir():
    raise FileNotFoundError(
        f"{GOLDEN}: no such folder of recorded fixtures;"
        " VSTREAMQA_GOLDEN names the folder that holds videollm_online (default tests/golden)"
    )


def about(metric: Any) -> Any:
    """Return what a metric may be, given the recorded one."""
    return pytest.approx(metric, rel=1e-4, abs=1e-6)


def recorded_names(prefix: str) -> list[str]:
    """Return the names of the recorded json files that begin so."""
    return sorted(path.stem for path in GOLDEN.glob(f"{prefix}*.json"))


@cache
def facts(name: str) -> Any:
    """Read a recording's json; skip the test if the set has none of that name."""
    path = GOLDEN / f"{name}.json"
    if not path.exists():
        pytest.skip(f"no {name} is recorded")
    return json.loads(path.read_text())


@cache
def tensors(name: str) -> Mapping[str, Tensor]:
    """Read a recording's tensors; skip the test if the set has none of that name."""
    path = GOLDEN / f"{name}.safetensors"
    if not path.exists():
        pytest.skip(f"no {name} is recorded")
    return load_file(path)


def tensor_names(name: str) -> list[str]:
    """Return the names of the tensors of a recording, none if the set does not have it."""
    path = GOLDEN / f"{name}.safetensors"
    return sorted(load_file(path)) if path.exists() else []


def cases(name: str, key: str | None = None) -> list[Any]:
    """Return the cases of a recording, none if the set does not have it."""
    path = GOLDEN / f"{name}.json"
    if not path.exists():
        return []
    found = json.loads(path.read_text())
    return list(found if key is None else found.get(key, ()))


def keys(name: str, key: str) -> list[str]:
    """Return the keys of a part of a recording, none if the set does not have it."""
    path = GOLDEN / f"{name}.json"
    return list(json.loads(path.read_text()).get(key, ())) if path.exists() else []


@cache
def live() -> Mapping[str, Any]:
    """Return the constants of the set."""
    found: Mapping[str, Any] = facts("live_config")
    return found


@cache
def layout() -> Layout:
    grid = live()["frame_token_pooled"]
    rows_and_columns = (int(grid[0]), int(grid[1])) if grid else None
    return Layout(bool(live()["frame_token_cls"]), rows_and_columns, live()["frame_token_interval"] or "")


@cache
def loaded(*, merge: bool = True) -> Loaded:
    options = Options(merge=merge, base=str(GOLDEN / "base"), vision=str(GOLDEN / "vision"))
    assert options.layout == layout()
    return load_checkpoint(str(GOLDEN / "adapter"), options, device=torch.device("cpu"), dtype=torch.float32)


@cache
@torch.inference_mode()
def clip_tokens() -> Tensor:
    """Return the frame tokens of the clip, [frames, tokens, dim]."""
    return loaded().network.frame_tokens(tensors("video")["frames_uint8"].permute(0, 2, 3, 1))


def original_text(tokens: Sequence[int]) -> str:
    """Turn tokens into text as the recording's tokenizer library did, which took spaces before signs away."""
    text = loaded().tokenizer.decode(tokens)
    if json.loads((GOLDEN / "base" / "tokenizer_config.json").read_text()).get("clean_up_tokenization_spaces"):
        for sign in (".", "?", "!", ",", "n't", "'m", "'s", "'ve", "'re"):
            text = text.replace(f" {sign}", sign)
    return text


def dialogue(conversation: Sequence[Mapping[str, Any]]) -> list[Message]:
    """Turn recorded messages into ours."""
    messages: list[Message] = []
    for message in conversation:
        match message["role"]:
            case "user":
                messages.append(User(message["content"]))
            case "assistant":
                messages.append(Assistant(message["content"], bool(message.get("learn", False))))
            case "stream":
                messages.append(Frames(message["num_frames"], message.get("learn", False)))
    assert len(messages) == len(conversation)
    return messages
