"""How pixels become a vision tower's input."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

CLIP_MEAN = (0.48145466, 0.4578275, 0.40821073)
CLIP_STD = (0.26862954, 0.26130258, 0.27577711)
RESCALE = 1 / 255


@dataclass(frozen=True, slots=True, kw_only=True)
class Normalisation:
    """How pixels become the tower's input: (pixel * rescale - mean) / std per channel; CLIP's values if none given."""

    mean: tuple[float, ...] = CLIP_MEAN
    std: tuple[float, ...] = CLIP_STD
    rescale: float = RESCALE

    def __call__(self, pixels: Tensor) -> Tensor:
        """Turn uint8 frames [n, height, width, 3] into float32 [n, 3, height, width]."""
        scaled = pixels.permute(0, 3, 1, 2).to(torch.float32) * self.rescale
        mean, std = (torch.tensor(values, device=pixels.device)[:, None, None] for values in (self.mean, self.std))
        return (scaled - mean) / std
