"""How a family of models takes in a video frame by frame.

What a family must have for that: visual tokens of a frame that do not depend on the other frames; nothing in the prompt
before the video that depends on what is yet to come; positions that count up by one with every token. LLaVA-OneVision,
LLaVA-NeXT-Video, Video-LLaVA and InternVL have all three. What the others of `transformers_video` lack:

- Qwen2-VL, Qwen2.5-VL and Qwen3-VL have positions on three axes, on which a step's rows and columns stay and only its
  time moves up when older steps are forgotten, and see two frames at a time. They need a `Store` that keeps a position
  per axis, and frames in pairs; Qwen3-VL also adds features of its tower to the first layers of the language model.
- SmolVLM says before the frames how many there are and how long the video is, which is not known while it runs. It
  needs another opening.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from torch import Tensor


class Streaming(Protocol):
    """A family whose videos can be taken in frame by frame."""

    def before(self, number: int) -> str:
        """Return the text before a frame; frames are numbered from 1."""
        ...

    def after(self) -> str:
        """Return the text after a frame."""
        ...

    def ending(self) -> str:
        """Return the text after the last frame."""
        ...

    def features(self, model: Any, pixels: Tensor) -> Tensor:
        """Return the embeddings of a frame [1, 3, height, width]: [tokens, hidden]."""
        ...

    def closing(self, model: Any) -> Tensor | None:
        """Return the embeddings behind the last frame, before the text: [tokens, hidden]."""
        ...


@dataclass(frozen=True, slots=True)
class _Llava:
    """A family whose frames stand side by side, a line break behind the last."""

    def before(self, number: int) -> str:
        return ""

    def after(self) -> str:
        return ""

    def ending(self) -> str:
        return "\n"

    def features(self, model: Any, pixels: Tensor) -> Tensor:
        found: Tensor = model.model.get_video_features(pixels[None], return_dict=True).pooler_output
        return found.flatten(0, -2)

    def closing(self, model: Any) -> Tensor | None:
        return None


class _LlavaOnevision(_Llava):
    """LLaVA-OneVision closes a video with one learnt token."""

    def features(self, model: Any, pixels: Tensor) -> Tensor:
        return super().features(model, pixels)[:-1]

    def closing(self, model: Any) -> Tensor | None:
        token: Tensor = model.model.image_newline
        return token[None]


@dataclass(frozen=True, slots=True)
class _InternVL:
    """InternVL numbers its frames, each on a line of its own."""

    def before(self, number: int) -> str:
        between = "" if number == 1 else "\n"
        return f"{between}Frame{number}: <img>"

    def after(self) -> str:
        return "</img>"

    def ending(self) -> str:
        return "\n"

    def features(self, model: Any, pixels: Tensor) -> Tensor:
        found: Tensor = model.model.get_image_features(pixels, return_dict=True).pooler_output
        return found.flatten(0, -2)

    def closing(self, model: Any) -> Tensor | None:
        return None


STREAMING: Mapping[str, Streaming] = {
    "llava_onevision": _LlavaOnevision(),
    "llava_next_video": _Llava(),
    "video_llava": _Llava(),
    "internvl": _InternVL(),
}
"""By the name config.json has for the architecture (`model_type`)."""
