"""Video-LLaVA: every patch of every frame, with the class token."""

from __future__ import annotations

from vstreamqa.models.transformers_video.families.vicuna import VicunaFamily


class VideoLlava(VicunaFamily):
    """Video-LLaVA, https://arxiv.org/abs/2311.10122; trained on 8 frames."""

    model_class = "VideoLlavaForConditionalGeneration"

    @property
    def frame_tokens(self) -> int:
        """Visual tokens of a frame."""
        return self.side**2 + 1
