"""What `--set` can change about a model of transformers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from vstreamqa.errors import UserError
from vstreamqa.models.windowed import parse_policy

FamilyName = Literal[
    "qwen2_vl",
    "qwen2_5_vl",
    "qwen3_vl",
    "llava_onevision",
    "llava_next_video",
    "video_llava",
    "internvl",
    "smolvlm",
]
Positions = Literal["released", "installed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """Options of the adapter.

    Attributes:
        family: architecture, as config.json names it in `model_type`; a recipe sets it.
        policy: which frames a question rests on: `uniform` (everything seen so far), `last-seconds:N` or
            `last-frames:N`. Under `uniform` memory grows with the stream: nearly every frame is held, as the model
            takes it (442 KB for 384 x 384 pixels, so 0.8 GB an hour at 0.5 fps).
        frames: how many of them at most; more are thinned evenly.
        min_pixels: fewest pixels of a frame, for the families that take frames of any size (Qwen's).
        max_pixels: most pixels of a frame, for the same.
        template: chat template with the fields `{video}` and `{question}`; None for the family's own.
        positions: `released` gives text behind a video the positions that Qwen2-VL and Qwen2.5-VL were trained with,
            `installed` those of the installed transformers (see `vstreamqa.models.transformers_video.positions`).
    """

    family: FamilyName = "qwen2_vl"
    policy: str = "uniform"
    frames: int = 32
    min_pixels: int | None = None
    max_pixels: int | None = None
    template: str | None = None
    positions: Positions = "released"

    @classmethod
    def parse(cls, values: Mapping[str, Any]) -> Options:
        """Build options from already validated values.

        Raises:
            UserError: a policy that there is not, or a number out of range.
        """
        options = cls(**values)
        parse_policy(options.policy)
        if options.frames < 1:
            raise UserError(f"frames={options.frames}: must be 1 or more")
        check_pixels(options.min_pixels, options.max_pixels)
        return options


def check_pixels(least: int | None, most: int | None) -> None:
    """Refuse a range of pixels that there is not.

    Raises:
        UserError: a number below 1, or a range that is empty.
    """
    for name, value in (("min_pixels", least), ("max_pixels", most)):
        if value is not None and value < 1:
            raise UserError(f"{name}={value}: must be 1 or more")
    if least is not None and most is not None and least > most:
        raise UserError(f"min_pixels={least} is above max_pixels={most}")
