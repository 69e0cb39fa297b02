"""The tiny Flash-VStream checkpoint and sessions on it."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import torch

from vstreamqa.models.base import FrameBatch, Generation, LoadRequest, Pixels, Prompt, Session, StreamInfo
from vstreamqa.models.flash_vstream import FlashVStream
from vstreamqa.models.flash_vstream.tiny import make_tiny

# Threads gain nothing on tensors this small and cost much when several test processes share the cores.
torch.set_num_threads(1)

STREAM = StreamInfo(unit="second", fps=1.0, seed=7)


@cache
def _temporary() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="flash-vstream-tiny-")


@cache
def tiny_checkpoint() -> Path:
    folder = Path(_temporary().name) / "checkpoint"
    make_tiny(folder)
    return folder


def tiny_model(**options: Any) -> FlashVStream:
    return FlashVStream.load(LoadRequest(checkpoint=str(tiny_checkpoint()), device="cpu", options=options))


def noise(frames: int, seed: int = 0, size: int = 64) -> Pixels:
    return np.random.default_rng(seed).integers(0, 256, (frames, size, size, 3), dtype=np.uint8)


def batch(frames: Pixels, start: int = 0) -> FrameBatch:
    positions = tuple(range(start, start + len(frames)))
    return FrameBatch(positions=positions, frames=frames)


def say(session: Session, question: str, tokens: int = 6) -> str:
    answer = session.ask(Prompt(text=question), Generation(max_new_tokens=tokens))
    return "".join(piece.text for piece in answer)
