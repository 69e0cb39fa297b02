"""Qwen2.5-VL: as Qwen2-VL, with a time axis in seconds."""

from __future__ import annotations

from typing import Any

from vstreamqa.models.transformers_video.families.qwen2_vl import Qwen2VL
from vstreamqa.models.transformers_video.inputs import Visual
from vstreamqa.models.windowed import View


class Qwen25VL(Qwen2VL):
    """Qwen2.5-VL, https://arxiv.org/abs/2502.13923.

    Steps lie as far apart on the time axis as their frames do in the stream, two frames to a step. Streams counted in
    keyframes have no seconds: their steps count as one second each, which is what the model assumes when nothing is
    said.
    """

    model_class = "Qwen2_5_VLForConditionalGeneration"

    def time_step(self, view: View) -> float:
        """Return how far two steps are apart on the time axis."""
        return float(self.config.vision_config.tokens_per_second) * _seconds_per_step(view)

    def rope_arguments(self, visual: Visual) -> dict[str, Any]:
        """Return what the installed transformers needs to find the positions."""
        seconds = visual.step / float(self.config.vision_config.tokens_per_second)
        return {**super().rope_arguments(visual), "second_per_grid_ts": [seconds]}


def _seconds_per_step(view: View) -> float:
    seconds = view.seconds_per_frame
    return 1.0 if seconds is None else 2 * seconds
