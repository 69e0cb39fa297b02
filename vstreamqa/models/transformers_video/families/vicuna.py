"""The families that speak as Vicuna does and take one tensor of frames."""

from __future__ import annotations

from abc import abstractmethod

from vstreamqa.models.transformers_video.families.base import FixedSizeFamily
from vstreamqa.models.transformers_video.inputs import Visual
from vstreamqa.models.transformers_video.prompt import VideoText
from vstreamqa.models.windowed import View


class VicunaFamily(FixedSizeFamily):
    """A family with CLIP, Vicuna and its turns; every frame takes the same number of tokens."""

    placeholder = "<video>"
    turn_end = "</s>"
    template = "<s>USER: {video}{question} ASSISTANT:"

    @property
    def needed_tokens(self) -> tuple[str, ...]:
        """Tokens without which no prompt can be built."""
        return (self.placeholder, self.turn_end, "<s>")

    @property
    @abstractmethod
    def frame_tokens(self) -> int:
        """Visual tokens of a frame."""

    def visual(self, view: View) -> Visual:
        """Build `pixel_values_videos` [1, frames, 3, height, width]."""
        return Visual(
            text=VideoText(f"{self.placeholder}\n", (len(view.frames) * self.frame_tokens,)),
            tensors={"pixel_values_videos": self.pixels(view.frames)[None]},
        )
