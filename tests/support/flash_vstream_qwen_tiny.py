"""The tiny Flash-VStream-Qwen checkpoint, one with a short memory, and sessions on them."""

from __future__ import annotations

import json
import shutil
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import torch

from vstreamqa.models.base import FrameBatch, Generation, LoadRequest, Pixels, Prompt, Session, StreamInfo
from vstreamqa.models.flash_vstream_qwen import FlashVStreamQwen
from vstreamqa.models.flash_vstream_qwen.memory import MemorySizes
from vstreamqa.models.flash_vstream_qwen.tiny import make_tiny
from vstreamqa.schema import Format

# Threads gain nothing on tensors this small and cost much when several test processes share the cores.
torch.set_num_threads(1)

STREAM = StreamInfo(unit="second", fps=1.0, seed=7)
SHORT = MemorySizes(clusters=8, keys=4)
"""Sizes of the short memory, in steps."""


@cache
def _temporary() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="flash-vstream-qwen-tiny-")


@cache
def tiny_checkpoint() -> Path:
    folder = Path(_temporary().name) / "checkpoint"
    make_tiny(folder)
    return folder


@cache
def short_checkpoint() -> Path:
    """The same weights with a memory that is full after a few frames."""
    folder = Path(shutil.copytree(tiny_checkpoint(), Path(_temporary().name) / "short"))
    change_memory(folder, flash_memory_temporal_length=2 * SHORT.clusters, flash_memory_spatial_length=2 * SHORT.keys)
    return folder


def change_config(folder: Path, **changes: Any) -> None:
    path = folder / "config.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))


def change_vision(folder: Path, **changes: Any) -> None:
    vision = json.loads((folder / "config.json").read_text())["vision_config"]
    change_config(folder, vision_config={**vision, **changes})


def change_memory(folder: Path, **changes: Any) -> None:
    memory = json.loads((folder / "config.json").read_text())["vision_config"]["flash_memory_config"]
    change_vision(folder, flash_memory_config={**memory, **changes})


@cache
def _loaded(options: tuple[tuple[str, Any], ...]) -> FlashVStreamQwen:
    request = LoadRequest(checkpoint=str(short_checkpoint()), device="cpu", options=dict(options))
    return FlashVStreamQwen.load(request)


def short_model(**options: Any) -> FlashVStreamQwen:
    return _loaded(tuple(sorted(options.items())))


def noise(frames: int, seed: int = 0, size: int = 112) -> Pixels:
    return np.random.default_rng(seed).integers(0, 256, (frames, size, size, 3), dtype=np.uint8)


def batch(frames: Pixels, start: int = 0) -> FrameBatch:
    positions = tuple(range(start, start + len(frames)))
    return FrameBatch(positions=positions, frames=frames)


def say(session: Session, question: str, tokens: int = 6, question_format: Format = "open") -> str:
    answer = session.ask(Prompt(text=question, format=question_format), Generation(max_new_tokens=tokens))
    return "".join(piece.text for piece in answer)
