"""What a family of models has of its own: its prompt and how it takes in a video."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
import torch
from torch import Tensor

from vstreamqa.errors import UserError
from vstreamqa.models.base import Pixels
from vstreamqa.models.transformers_video.inputs import Positions, Visual
from vstreamqa.models.transformers_video.options import Options
from vstreamqa.models.transformers_video.preprocessing import Preprocessing, Size
from vstreamqa.models.windowed import View
from vstreamqa.video.resize import Fit


class Family(ABC):
    """One family of models, on one checkpoint.

    Attributes:
        model_class: its class in transformers.
        placeholder: the token that stands for a visual one.
        turn_end: the token that ends an answer, beside those the checkpoint names.
        template: its chat template.
        free_size: frames may have any size, within a range of pixels.
        frame_size: size that the replay brings frames to, None if they come as they are in the source.
        fit: how it does.
    """

    model_class: ClassVar[str]
    placeholder: ClassVar[str]
    turn_end: ClassVar[str]
    template: ClassVar[str]
    free_size: ClassVar[bool] = False

    def __init__(self, config: Any, preprocessing: Preprocessing, options: Options) -> None:
        """Take a checkpoint's configuration (of transformers), what it says about frames, and the options.

        Raises:
            UserError: they do not fit together.
        """
        self.config = config
        self.preprocessing = preprocessing
        self.options = options
        self.frame_size: Size | None = None
        self.fit: Fit = "stretch"
        if not self.free_size and (options.min_pixels is not None or options.max_pixels is not None):
            raise UserError(f"min_pixels and max_pixels: the checkpoint fixes the size of {options.family}'s frames")

    @property
    def needed_tokens(self) -> tuple[str, ...]:
        """Tokens without which no prompt can be built."""
        return (self.placeholder, self.turn_end)

    def fitted(self, frame: Pixels, size: Size | None) -> Pixels:
        """Return a frame as it is to be kept; `size` is that of the stream's first frame, None for that frame."""
        return frame

    @abstractmethod
    def visual(self, view: View) -> Visual:
        """Build the model's input for frames, one at least, all of one size."""

    def positions(self, model: Any, ids: Sequence[int], *, placeholder: int, visual: Visual) -> Positions:
        """Return where a prompt's tokens are."""
        return Positions.counted(len(ids))

    def pixels(self, frames: Sequence[Pixels]) -> Tensor:
        """Return frames as the tower takes them, float32 [n, 3, height, width]."""
        return self.preprocessing.normalisation(torch.from_numpy(np.stack(frames)))


class FixedSizeFamily(Family):
    """A family whose tower takes frames of one size, which the replay brings them to.

    Attributes:
        side: patches along one side of a frame.
    """

    def __init__(self, config: Any, preprocessing: Preprocessing, options: Options) -> None:
        super().__init__(config, preprocessing, options)
        self.frame_size, self.fit = self._frame()
        self.side = patches_along(self.frame_size, config.vision_config, preprocessing.place)

    def _frame(self) -> tuple[Size, Fit]:
        return self.preprocessing.frame()


def patches_along(frame: Size, vision: Any, place: str) -> int:
    """Return how many patches lie along a side of a square frame.

    Raises:
        UserError: frames of that size do not fit the vision tower.
    """
    image, patch = (value if isinstance(value, int) else value[0] for value in (vision.image_size, vision.patch_size))
    if frame != (image, image):
        raise UserError(f"{place}: frames of {frame[0]} x {frame[1]}, but the vision tower takes {image} x {image}")
    return int(image) // int(patch)


def halved(side: int) -> int:
    """Return how many tokens are left along a side of which two become one."""
    return math.ceil(side / 2)
