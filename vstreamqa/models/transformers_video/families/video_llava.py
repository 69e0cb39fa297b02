"""Video-LLaVA: every patch of every frame, with the class token."""

from __future__ import annotations

from vstreamqa.models.transformers_video.families.base import FixedSizeFamily
from vstreamqa.models.transformers_video.inputs import Visual
from vstreamqa.models.transformers_video.prompt import VideoText
from vstreamqa.models.windowed import View


class VideoLlava(FixedSizeFamily):
    """Video-LLaVA, https://arxiv.org/abs/2311.10122; trained on 8 frames."""

    model_class = "VideoLlavaForConditionalGeneration"
    placeholder = "<video>"
    turn_end = "</s>"
    template = "<s>USER: {video}{question} ASSISTANT:"

    @property
    def needed_tokens(self) -> tuple[str, ...]:
        """Tokens without which no prompt can be built."""
        return (self.placeholder, self.turn_end, "<s>")

    def visual(self, view: View) -> Visual:
        """Build `pixel_values_videos` [1, frames, 3, height, width]."""
        tokens = len(view.frames) * (self.side**2 + 1)
        return Visual(
            text=VideoText(f"{self.placeholder}\n", (tokens,)),
            tensors={"pixel_values_videos": self.pixels(view.frames)[None]},
        )
