"""VideoLLM-online (LIVE): a Llama that reads frames as they come and decides after each whether to speak.

https://arxiv.org/abs/2406.11816; "spec" in these modules is the project's behavioural specification of the original,
`specs/videollm_online.md`.
"""

from vstreamqa.models.videollm_online.adapter import VideoLLMOnline
from vstreamqa.models.videollm_online.options import Options

__all__ = ["Options", "VideoLLMOnline"]
