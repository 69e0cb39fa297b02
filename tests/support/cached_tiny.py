"""Cache baselines on tiny checkpoints."""

from __future__ import annotations

from typing import Any

from transformers_video_tiny import batch, tiny_checkpoint

from vstreamqa.models.base import LoadRequest, Pixels, StreamInfo
from vstreamqa.models.cached import CachedVideo
from vstreamqa.models.cached.session import CachedSession
from vstreamqa.models.cached.store import Store
from vstreamqa.models.cached.streaming import STREAMING
from vstreamqa.schema import Unit

STREAMED = sorted(STREAMING)


def cached_model(family: str, **options: Any) -> CachedVideo:
    given = {"family": family, "tokens": 400, **options}
    return CachedVideo.load(LoadRequest(checkpoint=str(tiny_checkpoint(family)), device="cpu", options=given))


def streamed(model: CachedVideo, frames: Pixels, unit: Unit = "second") -> CachedSession:
    opened = model.open(StreamInfo(unit=unit, fps=0.5 if unit == "second" else None, seed=7))
    for number in range(len(frames)):
        opened.watch(batch(frames[number : number + 1], number))
    return opened


def store_of(session: CachedSession) -> Store:
    store = session._store
    assert store is not None
    return store
