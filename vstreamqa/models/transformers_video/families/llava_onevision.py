"""LLaVA-OneVision: SigLIP, every frame pooled to a quarter of its patches, and one closing token."""

from __future__ import annotations

from vstreamqa.models.transformers_video.families.base import FixedSizeFamily, halved
from vstreamqa.models.transformers_video.inputs import Visual
from vstreamqa.models.transformers_video.prompt import VideoText
from vstreamqa.models.windowed import View


class LlavaOnevision(FixedSizeFamily):
    """LLaVA-OneVision, https://arxiv.org/abs/2408.03326."""

    model_class = "LlavaOnevisionForConditionalGeneration"
    placeholder = "<video>"
    turn_end = "<|im_end|>"
    template = "<|im_start|>user {video}{question}<|im_end|><|im_start|>assistant\n"

    def visual(self, view: View) -> Visual:
        """Build `pixel_values_videos` [1, frames, 3, height, width]."""
        tokens = len(view.frames) * halved(self.side) ** 2 + 1
        return Visual(
            text=VideoText(f"{self.placeholder}\n", (tokens,)),
            tensors={"pixel_values_videos": self.pixels(view.frames)[None]},
        )
