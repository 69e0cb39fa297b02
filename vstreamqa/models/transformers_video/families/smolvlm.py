"""SmolVLM: SigLIP, every frame an image with its time, under a line that says how long the video is."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import numpy as np
import torch

from vstreamqa.models.base import Pixels
from vstreamqa.models.transformers_video.families.base import Family, patches_along
from vstreamqa.models.transformers_video.families.numbers import in_words
from vstreamqa.models.transformers_video.inputs import Visual
from vstreamqa.models.transformers_video.options import Options
from vstreamqa.models.transformers_video.preprocessing import Preprocessing, Size
from vstreamqa.models.transformers_video.prompt import VideoText
from vstreamqa.models.windowed import View
from vstreamqa.video.resize import Resize

_AROUND, _GLOBAL = "<fake_token_around_image>", "<global-img>"


class SmolVLM(Family):
    """SmolVLM and SmolVLM2, https://arxiv.org/abs/2504.05299.

    A frame is scaled until its longer side is what the checkpoint says, and then to the tower's square. In streams
    counted in keyframes, frames are named by their rank, and no length is given: they have no times.
    """

    model_class = "SmolVLMForConditionalGeneration"
    placeholder = "<image>"
    turn_end = "<end_of_utterance>"
    template = "<|im_start|>User: {video}{question}<end_of_utterance>\nAssistant:"

    def __init__(self, config: Any, preprocessing: Preprocessing, options: Options) -> None:
        super().__init__(config, preprocessing, options)
        side = int(config.vision_config.image_size)
        self._square = (side, side)
        self._longest = preprocessing.size.get("longest_edge", side)
        self._side = patches_along(self._square, config.vision_config, preprocessing.place)

    @property
    def needed_tokens(self) -> tuple[str, ...]:
        """Tokens without which no prompt can be built."""
        return (self.placeholder, self.turn_end, _AROUND, _GLOBAL)

    def fitted(self, frame: Pixels, size: Size | None) -> Pixels:
        """Return a frame of the tower's square."""
        sizes = (even_size((frame.shape[0], frame.shape[1]), self._longest), self._square)
        for wanted in sizes:
            frame = Resize(wanted, fit="stretch", filter=self.preprocessing.filter)(frame)
        return np.ascontiguousarray(frame)

    def visual(self, view: View) -> Visual:
        """Build `pixel_values` [1, frames, 3, height, width] and the mask that leaves none of them out."""
        pixels = self.pixels(view.frames)[None]
        image = f"{_AROUND}{_GLOBAL}{self.placeholder}{_AROUND}"
        text = _opening(view) + "".join(f"\nFrame {name}:{image}" for name in _names(view)) + "\n\n"
        tokens = self._side**2 // self.config.scale_factor**2
        return Visual(
            text=VideoText(text, (tokens,) * len(view.frames)),
            tensors={
                "pixel_values": pixels,
                "pixel_attention_mask": torch.ones_like(pixels[:, :, 0], dtype=torch.int64),
            },
        )


def even_size(source: Size, longest: int) -> Size:
    """Return the size whose longer side is `longest`, the other truncated and then made even."""
    height, width = source
    elongation = width / height  # rounded here, as the original does
    if width >= height:
        return _even(int(longest / elongation)), longest
    return longest, _even(int(longest * elongation))


def _even(side: int) -> int:
    return max(1, side + side % 2)


def _opening(view: View) -> str:
    frames = f"You are provided the following series of {in_words(len(view.frames))} frames from a"
    if view.seconds is None or view.fps is None:
        return f"{frames} video.\n"
    length = timedelta(seconds=int(view.seconds[-1] + 1 / view.fps))
    return f"{frames} {length} [H:MM:SS] video.\n"


def _names(view: View) -> list[str]:
    if view.seconds is None:
        return [str(position) for position in view.positions]
    return [f"from {int(seconds // 60):02d}:{int(seconds % 60):02d}" for seconds in view.seconds]
