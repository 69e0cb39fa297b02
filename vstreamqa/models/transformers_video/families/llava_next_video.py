"""LLaVA-NeXT-Video: CLIP, every frame pooled to a quarter of its patches."""

from __future__ import annotations

from vstreamqa.models.transformers_video.families.base import FixedSizeFamily
from vstreamqa.models.transformers_video.inputs import Visual
from vstreamqa.models.transformers_video.prompt import VideoText
from vstreamqa.models.windowed import View


class LlavaNextVideo(FixedSizeFamily):
    """LLaVA-NeXT-Video, https://llava-vl.github.io/blog/2024-04-30-llava-next-video/."""

    model_class = "LlavaNextVideoForConditionalGeneration"
    placeholder = "<video>"
    turn_end = "</s>"
    template = "<s>USER: {video}{question} ASSISTANT:"

    @property
    def needed_tokens(self) -> tuple[str, ...]:
        """Tokens without which no prompt can be built."""
        return (self.placeholder, self.turn_end, "<s>")

    def visual(self, view: View) -> Visual:
        """Build `pixel_values_videos` [1, frames, 3, height, width]."""
        tokens = len(view.frames) * (self.side // self.config.spatial_pool_stride) ** 2
        return Visual(
            text=VideoText(f"{self.placeholder}\n", (tokens,)),
            tensors={"pixel_values_videos": self.pixels(view.frames)[None]},
        )
