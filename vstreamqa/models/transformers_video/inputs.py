"""What a model is given for one question."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import torch
from torch import Tensor

from vstreamqa.models.transformers_video.prompt import NO_VIDEO, VideoText

Grid = tuple[int, int, int]
"""Steps, rows and columns of a run of visual tokens."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Visual:
    """A video as a family builds it.

    Attributes:
        text: how it stands in the prompt.
        tensors: arguments of the model's forward pass, pixels in float32.
        grids: per run of visual tokens its grid, for the families with positions on three axes.
        step: how far two steps of a grid are apart on the time axis.
    """

    text: VideoText
    tensors: Mapping[str, Tensor] = field(default_factory=dict)
    grids: tuple[Grid, ...] = ()
    step: float = 1.0


NOTHING_SEEN = Visual(text=NO_VIDEO)


@dataclass(frozen=True, slots=True)
class Positions:
    """Where a prompt's tokens are.

    Attributes:
        ids: [1, length] or, on three axes, [3, 1, length]; int64.
        following: position of the first token of the answer, the same on all axes.
    """

    ids: Tensor
    following: int

    @classmethod
    def counted(cls, length: int) -> Positions:
        """Number tokens 0, 1, ... on one axis."""
        return cls(torch.arange(length)[None], length)
