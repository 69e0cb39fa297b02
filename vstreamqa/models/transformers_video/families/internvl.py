"""InternVL: InternViT, every frame an image of one tile, numbered in the prompt."""

from __future__ import annotations

from vstreamqa.models.transformers_video.families.base import FixedSizeFamily
from vstreamqa.models.transformers_video.inputs import Visual
from vstreamqa.models.transformers_video.preprocessing import Size
from vstreamqa.models.transformers_video.prompt import VideoText
from vstreamqa.models.windowed import View
from vstreamqa.video.resize import Fit


class InternVL(FixedSizeFamily):
    """InternVL in the format of transformers (`*-hf`), https://arxiv.org/abs/2504.10479."""

    model_class = "InternVLForConditionalGeneration"
    placeholder = "<IMG_CONTEXT>"
    turn_end = "<|im_end|>"
    template = "<|im_start|>user\n{video}{question}<|im_end|>\n<|im_start|>assistant\n"

    @property
    def needed_tokens(self) -> tuple[str, ...]:
        """Tokens without which no prompt can be built."""
        return (self.placeholder, self.turn_end, "<img>", "</img>")

    def visual(self, view: View) -> Visual:
        """Build `pixel_values` [frames, 3, height, width]."""
        count = len(view.frames)
        lines = [f"Frame{number}: <img>{self.placeholder}</img>" for number in range(1, count + 1)]
        tokens = int(self.side * self.config.downsample_ratio) ** 2
        return Visual(
            text=VideoText("\n".join(lines) + "\n", (tokens,) * count),
            tensors={"pixel_values": self.pixels(view.frames)},
        )

    def _frame(self) -> tuple[Size, Fit]:
        """Return the tower's own size: the file's is that of a tile for images."""
        size = self.config.vision_config.image_size
        side = size if isinstance(size, int) else size[0]
        return (side, side), "stretch"
