"""Frames kept as an array (.npy) and vision features kept as a tensor (.safetensors)."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from vstreamqa.video.faults import missing, unreadable
from vstreamqa.video.types import Features, Pixels

FEATURE_TENSOR = "feature"


class ArrayFile:
    """A .npy file of uint8 RGB frames [frames, height, width, 3], mapped into memory and read frame by frame.

    Raises:
        MediaError: the file is missing, cut off, or holds something else.
    """

    def __init__(self, path: Path) -> None:
        if not path.is_file():
            raise missing(path)
        try:
            self._frames: Pixels = np.load(path, mmap_mode="r", allow_pickle=False)
        except (ValueError, OSError, EOFError) as error:
            raise unreadable(path, f"cannot be read as an array ({error})", "fetch or make it again") from error
        shape, dtype = self._frames.shape, self._frames.dtype
        if dtype != np.uint8 or len(shape) != 4 or shape[-1] != 3 or 0 in shape:
            found = f"holds {dtype} {list(shape)}"
            raise unreadable(path, found, "save uint8 RGB frames of shape [frames, height, width, 3]")
        self.path = path
        self.size: tuple[int, int] | None = (shape[1], shape[2])

    def __len__(self) -> int:
        return len(self._frames)

    def pixels(self, index: int) -> Pixels:
        """Return a copy of one frame, so that nothing delivered holds on to the file."""
        return np.array(self._frames[index])

    def features(self, index: int) -> None:
        """Return None: arrays hold pictures."""


class FeatureFile:
    """A .safetensors file whose tensor "feature" is [frames, patches, channels], read slice by slice.

    float16 and float32 come as they are, bfloat16 (which NumPy lacks) as float32.

    Raises:
        MediaError: the file is missing, cut off, or has no such tensor.
    """

    size: tuple[int, int] | None = None

    def __init__(self, path: Path) -> None:
        if not path.is_file():
            raise missing(path)
        self.path = path
        self._slice = self._open("numpy")
        shape: list[int] = self._slice.get_shape()
        dtype: str = self._slice.get_dtype()
        if len(shape) != 3 or 0 in shape or dtype not in ("F16", "BF16", "F32", "F64"):
            found = f"tensor {FEATURE_TENSOR!r} is {dtype} {shape}"
            raise unreadable(path, found, "save floating point features of shape [frames, patches, channels]")
        self._frames = shape[0]
        self._brain_float = dtype == "BF16"

    def __len__(self) -> int:
        return self._frames

    def pixels(self, index: int) -> None:
        """Return None: feature files hold no pictures."""

    def features(self, index: int) -> Features:
        """Return the features of one frame, [patches, channels]."""
        if self._brain_float:
            upcast: Features = self._torch_slice[index].float().numpy()
            return upcast
        features: Features = self._slice[index]
        return features

    @cached_property
    def _torch_slice(self) -> Any:
        return self._open("pt")

    def _open(self, framework: str) -> Any:
        from safetensors import SafetensorError, safe_open

        try:
            file: Any = safe_open(self.path, framework=framework)
            names = list(file.keys())
        except (SafetensorError, OSError) as error:
            reason = f"cannot be read as safetensors ({error})"
            raise unreadable(self.path, reason, "fetch or make it again") from error
        if FEATURE_TENSOR not in names:
            reason = f"has no tensor {FEATURE_TENSOR!r}, only {', '.join(names) or 'none'}"
            raise unreadable(self.path, reason, "save the features under that name")
        return file.get_slice(FEATURE_TENSOR)
