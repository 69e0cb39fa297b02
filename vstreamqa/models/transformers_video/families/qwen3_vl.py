"""Qwen3-VL: as Qwen2-VL, with the time of every step written into the prompt."""

from __future__ import annotations

from vstreamqa.models.transformers_video.families.qwen2_vl import Qwen2VL, tensors_of
from vstreamqa.models.transformers_video.inputs import Visual
from vstreamqa.models.transformers_video.prompt import VideoText
from vstreamqa.models.windowed import View


class Qwen3VL(Qwen2VL):
    """Qwen3-VL, https://arxiv.org/abs/2511.21631.

    Every step of two frames stands by itself behind its time, the mean of the two. Streams counted in keyframes have no
    seconds, and their steps stand without a time.
    """

    model_class = "Qwen3VLForConditionalGeneration"
    template = "<|im_start|>user\n{video}{question}<|im_end|>\n<|im_start|>assistant\n"

    def visual(self, view: View) -> Visual:
        """Build `pixel_values_videos` [patches, 3 * 2 * side of a patch squared] and its grid."""
        rows, grid = self.patches(view.frames)
        steps, height, width = grid
        block = f"<|vision_start|>{self.placeholder}<|vision_end|>"
        return Visual(
            text=VideoText("".join(time + block for time in _times(view, steps)), (height * width,) * steps),
            tensors=tensors_of(rows, grid),
            grids=((1, height, width),) * steps,
        )


def _times(view: View, steps: int) -> list[str]:
    if view.seconds is None:
        return [""] * steps
    seconds = [*view.seconds, view.seconds[-1]]
    return [f"<{(seconds[2 * step] + seconds[2 * step + 1]) / 2:.1f} seconds>" for step in range(steps)]
