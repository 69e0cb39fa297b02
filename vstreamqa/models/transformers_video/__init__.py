"""Models of transformers that answer questions about videos: one adapter, a small module per family."""

from vstreamqa.models.transformers_video.adapter import TransformersVideo
from vstreamqa.models.transformers_video.options import Options

__all__ = ["Options", "TransformersVideo"]
