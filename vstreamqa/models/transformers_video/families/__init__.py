"""The families of models, one module each for how they take in a video."""

from __future__ import annotations

from collections.abc import Mapping

from vstreamqa.models.transformers_video.families.base import Family
from vstreamqa.models.transformers_video.families.internvl import InternVL
from vstreamqa.models.transformers_video.families.llava_next_video import LlavaNextVideo
from vstreamqa.models.transformers_video.families.llava_onevision import LlavaOnevision
from vstreamqa.models.transformers_video.families.qwen2_5_vl import Qwen25VL
from vstreamqa.models.transformers_video.families.qwen2_vl import Qwen2VL
from vstreamqa.models.transformers_video.families.qwen3_vl import Qwen3VL
from vstreamqa.models.transformers_video.families.smolvlm import SmolVLM
from vstreamqa.models.transformers_video.families.video_llava import VideoLlava

__all__ = ["FAMILIES", "Family"]

FAMILIES: Mapping[str, type[Family]] = {
    "qwen2_vl": Qwen2VL,
    "qwen2_5_vl": Qwen25VL,
    "qwen3_vl": Qwen3VL,
    "llava_onevision": LlavaOnevision,
    "llava_next_video": LlavaNextVideo,
    "video_llava": VideoLlava,
    "internvl": InternVL,
    "smolvlm": SmolVLM,
}
"""By the name config.json has for the architecture (`model_type`)."""
