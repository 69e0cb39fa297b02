"""Exact cuts: `cut_video` makes clips of a video, each a file of its own."""

from __future__ import annotations

from vstreamqa.build.cutting.cut import Cut, Method, cut_video

__all__ = ["Cut", "Method", "cut_video"]
