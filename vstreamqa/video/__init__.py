"""Frames in time order from any source.

Names are imported on first use, so that `vstreamqa.video.resize` can be had without any reader.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from vstreamqa.video.fingerprinting import fingerprint
    from vstreamqa.video.probing import probe
    from vstreamqa.video.reader import FrameReader
    from vstreamqa.video.resize import Resize
    from vstreamqa.video.source import media_of, natural_unit, open_frames
    from vstreamqa.video.types import Frame, MediaInfo

__all__ = [
    "Frame",
    "FrameReader",
    "MediaInfo",
    "Resize",
    "fingerprint",
    "media_of",
    "natural_unit",
    "open_frames",
    "probe",
]

_HOMES = {
    "Frame": "types",
    "FrameReader": "reader",
    "MediaInfo": "types",
    "Resize": "resize",
    "fingerprint": "fingerprinting",
    "media_of": "source",
    "natural_unit": "source",
    "open_frames": "source",
    "probe": "probing",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
