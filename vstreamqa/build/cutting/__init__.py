"""Exact cuts: `cut_video` makes clips of a video, each a file of its own."""

from __future__ import annotations

from vstreamqa.build.cutting.cut import Method, cut_video
from vstreamqa.build.cutting.reel import Cut

__all__ = ["Cut", "Method", "cut_video"]
