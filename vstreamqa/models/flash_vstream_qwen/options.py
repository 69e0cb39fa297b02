"""What `--set` can change about Flash-VStream-Qwen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from vstreamqa.errors import UserError

Axes = Literal["independent", "aliased"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """Options of the adapter.

    Attributes:
        mode: `streaming` updates the memory with every frame; `offline` computes it when a question is asked, over
            frames sampled evenly from everything seen, as the published rows do, and keeps the frames for it.
        memory: `official` is the released arithmetic, quirks included; `repaired` departs from it (see
            `vstreamqa.models.flash_vstream_qwen.repaired`), is bounded, and exists for streaming only.
        axes: `independent` gives visual tokens their time, row and column as the model was trained; `aliased` gives
            them the column on all three axes, as the original's realtime program does by a slip; for streaming only.
        max_pixels: most pixels of a frame; the original's evaluation takes 4 * 224 * 224.
        max_frames: most frames that `offline` samples.
    """

    mode: Literal["streaming", "offline"] = "streaming"
    memory: Literal["official", "repaired"] = "official"
    axes: Literal["independent", "aliased"] = "independent"
    max_pixels: int = 4 * 224 * 224
    max_frames: int = 240

    @classmethod
    def parse(cls, values: Mapping[str, Any]) -> Options:
        """Build options from already validated values.

        Raises:
            UserError: two options that exclude each other, or a number out of range.
        """
        options = cls(**values)
        if options.mode == "offline":
            for name, value, default in (
                ("memory", options.memory, "official"),
                ("axes", options.axes, "independent"),
            ):
                if value != default:
                    raise UserError(f"{name}={value}: it exists for mode=streaming only; use --set mode=streaming")
        if options.max_pixels < 1:
            raise UserError(f"max_pixels={options.max_pixels}: must be 1 or more")
        if options.max_frames < 2:
            raise UserError(f"max_frames={options.max_frames}: must be 2 or more")
        return options
