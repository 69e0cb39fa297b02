"""The tiny VideoLLM-online checkpoint and sessions on it."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from vstreamqa.models.base import FrameBatch, Generation, LoadRequest, Pixels, Prompt, Session, StreamInfo, Utterance
from vstreamqa.models.videollm_online import VideoLLMOnline
from vstreamqa.models.videollm_online.adapter import VideoLLMOnlineSession
from vstreamqa.models.videollm_online.tiny import make_tiny

# Threads gain nothing on tensors this small and cost much when several test processes share the cores.
torch.set_num_threads(1)

STREAM = StreamInfo(unit="second", fps=2.0, seed=7)
SIZE = 96


@cache
def _temporary() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="videollm-online-tiny-")


@cache
def tiny_checkpoint() -> Path:
    folder = Path(_temporary().name) / "checkpoint"
    make_tiny(folder)
    return folder


def tiny_model(**options: Any) -> VideoLLMOnline:
    options = {"reply_tokens": 4, **options}
    return VideoLLMOnline.load(LoadRequest(checkpoint=str(tiny_checkpoint()), device="cpu", options=options))


def tiny_session(**options: Any) -> VideoLLMOnlineSession:
    return tiny_model(**options).open(STREAM)


def scenes(frames: int, seed: int = 0) -> Pixels:
    """Frames of one colour each, which changes every third frame: enough for the tiny model to speak now and then."""
    rng = np.random.default_rng(seed)
    colours = rng.integers(0, 256, (frames // 3 + 1, 1, 1, 3))
    noise = rng.integers(-20, 21, (frames, SIZE, SIZE, 3))
    pixels: Pixels = np.clip(colours[np.arange(frames) // 3] + noise, 0, 255).astype(np.uint8)
    return pixels


def batch(frames: Pixels, start: int = 0, *, due: bool = False) -> FrameBatch:
    positions = tuple(range(start, start + len(frames)))
    return FrameBatch(positions=positions, frames=frames, question_due=due)


def watch_all(session: Session, frames: Pixels) -> list[Utterance]:
    """Watch frame by frame."""
    return [said for index in range(len(frames)) for said in session.watch(batch(frames[index : index + 1], index))]


def say(session: Session, question: str, tokens: int = 6, *, commit: bool = False) -> str:
    answer = session.ask(Prompt(text=question, commit=commit), Generation(max_new_tokens=tokens))
    return "".join(piece.text for piece in answer)


def state(session: VideoLLMOnlineSession) -> list[Any]:
    """Everything a session keeps, to be compared with `same`."""
    conversation = session._conversation
    assert conversation is not None
    language: Any = conversation._language
    layers = [(layer.keys.clone(), layer.values.clone()) for layer in language._cache.layers]
    reading: Any = conversation.reading
    logits = None if reading is None else reading._logits.clone()
    return [len(conversation), conversation.pending, conversation._in_block, logits, layers]


def same(one: Any, other: Any) -> bool:
    """Tell whether two states are the same to the last bit."""
    if isinstance(one, Tensor):
        return isinstance(other, Tensor) and torch.equal(one, other)
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(same(a, b) for a, b in zip(one, other, strict=True))
    return bool(one == other)
