"""Tiny checkpoints of the families of transformers, sessions on them, and what transformers itself makes of them."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import torch

from vstreamqa.models.base import FrameBatch, Generation, LoadRequest, Pixels, Prompt, Session, StreamInfo
from vstreamqa.models.transformers_video import TransformersVideo
from vstreamqa.models.transformers_video.checkpoint import Loaded
from vstreamqa.models.transformers_video.families import FAMILIES, Family
from vstreamqa.models.transformers_video.families.qwen2_vl import Qwen2VL
from vstreamqa.models.transformers_video.inputs import NOTHING_SEEN, Positions, Visual
from vstreamqa.models.transformers_video.prompt import Template, prompt_ids
from vstreamqa.models.transformers_video.tiny import make_tiny
from vstreamqa.models.windowed import View, WindowSession
from vstreamqa.schema import NANOSECONDS, Unit

# Threads gain nothing on tensors this small and cost much when several test processes share the cores.
torch.set_num_threads(1)

NAMES = sorted(FAMILIES)
QWEN = ("qwen2_vl", "qwen2_5_vl", "qwen3_vl")
ON_THREE_AXES = ("qwen2_vl", "qwen2_5_vl")
STREAM = StreamInfo(unit="second", fps=1.0, seed=7)
QUESTION = "What is the man in the kitchen"


@cache
def _temporary() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="transformers-video-tiny-")


@cache
def tiny_checkpoint(family: str) -> Path:
    folder = Path(_temporary().name) / family
    make_tiny(family, folder)
    return folder


def tiny_model(family: str, **options: Any) -> TransformersVideo:
    return _loaded(family, tuple(sorted(options.items())))


@cache
def _loaded(family: str, options: tuple[tuple[str, Any], ...]) -> TransformersVideo:
    given = {"family": family, "frames": 6, **dict(options)}
    return TransformersVideo.load(LoadRequest(checkpoint=str(tiny_checkpoint(family)), device="cpu", options=given))


def loaded_of(model: TransformersVideo) -> Loaded:
    return model._answers._loaded


def family_of(name: str, **options: Any) -> Family:
    return loaded_of(tiny_model(name, **options)).family


def noise(frames: int, seed: int = 0, size: tuple[int, int] = (56, 56)) -> Pixels:
    return np.random.default_rng(seed).integers(0, 256, (frames, *size, 3), dtype=np.uint8)


def batch(frames: Pixels, start: int = 0, step: int = NANOSECONDS) -> FrameBatch:
    return FrameBatch(positions=tuple((start + number) * step for number in range(len(frames))), frames=frames)


def watching(model: TransformersVideo, frames: Pixels, unit: Unit = "second") -> WindowSession:
    opened = model.open(StreamInfo(unit=unit, fps=1.0 if unit == "second" else None, seed=7))
    opened.watch(batch(frames, step=NANOSECONDS if unit == "second" else 1))
    return opened


def say(session: Session, question: str = QUESTION, tokens: int = 8, least: int = 0) -> str:
    answer = session.ask(Prompt(text=question), Generation(max_new_tokens=tokens, min_new_tokens=least))
    return "".join(piece.text for piece in answer)


def fitted(family: Family, frames: Pixels) -> Pixels:
    """Return frames as a session keeps them."""
    kept: list[Pixels] = []
    for frame in frames:
        kept.append(family.fitted(frame, (kept[0].shape[0], kept[0].shape[1]) if kept else None))
    return np.stack(kept) if kept else frames


def view_of(frames: Pixels, fps: float | None = 1.0, start: int = 0) -> View:
    step = 1 if fps is None else round(NANOSECONDS / fps)
    positions = tuple((start + number) * step for number in range(len(frames)))
    return View(frames=tuple(frames), positions=positions, fps=fps)


@dataclass(frozen=True)
class Prepared:
    """One question about frames, as our adapter puts it to the model."""

    loaded: Loaded
    ids: list[int]
    visual: Visual
    positions: Positions

    def generated(self, tokens: int) -> list[int]:
        """Return what transformers' own `generate` makes of it, greedily."""
        arguments: dict[str, Any] = {"input_ids": torch.tensor([self.ids]), **self.visual.tensors}
        if isinstance(self.loaded.family, Qwen2VL) and self.visual.grids:
            arguments.update(self.loaded.family.rope_arguments(self.visual))
            arguments["mm_token_type_ids"] = (arguments["input_ids"] == self.loaded.placeholder).int() * 2
        with torch.inference_mode():
            output = self.loaded.model.generate(
                **arguments,
                do_sample=False,
                max_new_tokens=tokens,
                eos_token_id=sorted(self.loaded.end),
                pad_token_id=0,
            )
        return list(map(int, output[0, len(self.ids) :]))


def prepared(model: TransformersVideo, view: View, question: str = QUESTION) -> Prepared:
    loaded = loaded_of(model)
    if view.frames:
        view = replace(view, frames=tuple(fitted(loaded.family, np.stack(view.frames))))
    visual = loaded.family.visual(view) if view.frames else NOTHING_SEEN
    ids = prompt_ids(
        question,
        template=Template.parse(loaded.family.template),
        video=visual.text,
        tokenizer=loaded.tokenizer,
        placeholder=loaded.placeholder,
    )
    positions = loaded.family.positions(loaded.model, ids, placeholder=loaded.placeholder, visual=visual)
    return Prepared(loaded, ids, visual, positions)
