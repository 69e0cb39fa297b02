"""Qwen2-VL: frames of any size, two to a step, positions on three axes."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from vstreamqa.models.base import Pixels
from vstreamqa.models.flash_vstream_qwen.preprocessing import patch_rows, smart_size
from vstreamqa.models.transformers_video.families.base import Family
from vstreamqa.models.transformers_video.inputs import Grid, Positions, Visual
from vstreamqa.models.transformers_video.options import Options, check_pixels
from vstreamqa.models.transformers_video.positions import installed, three_axes
from vstreamqa.models.transformers_video.preprocessing import Preprocessing, Size
from vstreamqa.models.transformers_video.prompt import VideoText
from vstreamqa.models.windowed import View
from vstreamqa.video.resize import Resize

_MERGED = 2
"""Patches along a side that become one token."""
_TOGETHER = 2
"""Frames to a step."""
_MOST = 768
"""Tokens of a step, where the options do not say."""


class Qwen2VL(Family):
    """Qwen2-VL, https://arxiv.org/abs/2409.12191.

    A frame gets the size nearest to its own whose sides are multiples of two patches, within the range of pixels: that
    of the options, else that of the checkpoint, but at most 768 tokens a step, as in the authors' loader. It is resized
    once, when it is watched, whatever the number of frames that a question will rest on; the loader lets many frames
    share a total of pixels instead, so set `max_pixels` to a frame's share. Of an odd number of frames the last is
    taken twice.
    """

    model_class = "Qwen2VLForConditionalGeneration"
    placeholder = "<|video_pad|>"
    turn_end = "<|im_end|>"
    template = (
        "<|im_start|>system\nYou are a helpful assistant.<|im_end|>\n"
        "<|im_start|>user\n{video}{question}<|im_end|>\n<|im_start|>assistant\n"
    )
    free_size = True

    def __init__(self, config: Any, preprocessing: Preprocessing, options: Options) -> None:
        super().__init__(config, preprocessing, options)
        vision = config.vision_config
        self._patch = int(vision.patch_size)
        token = (_MERGED * self._patch) ** 2
        self._least = options.min_pixels or preprocessing.size.get("shortest_edge", token)
        self._most = options.max_pixels or min(preprocessing.size.get("longest_edge", sys.maxsize), _MOST * token)
        check_pixels(self._least, self._most)

    @property
    def needed_tokens(self) -> tuple[str, ...]:
        """Tokens without which no prompt can be built."""
        return (self.placeholder, self.turn_end, "<|vision_start|>", "<|vision_end|>")

    def fitted(self, frame: Pixels, size: Size | None) -> Pixels:
        """Return a frame within the range of pixels; all frames of a stream get the size of its first."""
        wanted = size or smart_size(
            (frame.shape[0], frame.shape[1]), factor=_MERGED * self._patch, least=self._least, most=self._most
        )
        resized = Resize(wanted, fit="stretch", filter=self.preprocessing.filter)(frame)
        return np.ascontiguousarray(resized)

    def visual(self, view: View) -> Visual:
        """Build `pixel_values_videos` [patches, 3 * 2 * side of a patch squared] and its grid."""
        rows, grid = self.patches(view.frames)
        steps, height, width = grid
        return Visual(
            text=VideoText(f"<|vision_start|>{self.placeholder}<|vision_end|>", (steps * height * width,)),
            tensors=tensors_of(rows, grid),
            grids=(grid,),
            step=self.time_step(view),
        )

    def patches(self, frames: Sequence[Pixels]) -> tuple[Tensor, Grid]:
        """Return frames as rows of patches, and the grid of the tokens they become."""
        pixels = self.pixels([*frames, *frames[len(frames) - len(frames) % _TOGETHER :]])
        side = self._patch * _MERGED
        grid = (len(pixels) // _TOGETHER, pixels.shape[2] // side, pixels.shape[3] // side)
        return patch_rows(pixels, self._patch).flatten(0, 1), grid

    def time_step(self, view: View) -> float:
        """Return how far two steps are apart on the time axis."""
        return 1.0

    def positions(self, model: Any, ids: Sequence[int], *, placeholder: int, visual: Visual) -> Positions:
        """Return positions on three axes, as the options want them."""
        if self.options.positions == "installed" and visual.grids:
            return installed(model, ids, placeholder=placeholder, tensors=self.rope_arguments(visual))
        return three_axes(ids, placeholder=placeholder, grids=visual.grids, step=visual.step)

    def rope_arguments(self, visual: Visual) -> dict[str, Any]:
        """Return what the installed transformers needs to find the positions."""
        return {"video_grid_thw": visual.tensors["video_grid_thw"]}


def tensors_of(rows: Tensor, grid: Grid) -> dict[str, Tensor]:
    """Return the arguments of the model's forward pass for rows of patches."""
    steps, height, width = grid
    grids = torch.tensor([[steps, height * _MERGED, width * _MERGED]])
    return {"pixel_values_videos": rows, "video_grid_thw": grids}
