"""LLaVA-NeXT-Video: CLIP, every frame pooled to a quarter of its patches."""

from __future__ import annotations

from vstreamqa.models.transformers_video.families.vicuna import VicunaFamily


class LlavaNextVideo(VicunaFamily):
    """LLaVA-NeXT-Video, https://llava-vl.github.io/blog/2024-04-30-llava-next-video/."""

    model_class = "LlavaNextVideoForConditionalGeneration"

    @property
    def frame_tokens(self) -> int:
        """Visual tokens of a frame."""
        return int((self.side // self.config.spatial_pool_stride) ** 2)
