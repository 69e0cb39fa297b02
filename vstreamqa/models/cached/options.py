"""What `--set` can change about a cache baseline."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from vstreamqa.errors import UserError
from vstreamqa.models.transformers_video.options import Options as OfflineOptions


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """Options of the adapter.

    Attributes:
        family: architecture, as config.json names it in `model_type`; a recipe sets it.
        keep: `window` keeps the newest frames, `budget` those tokens of the whole stream that are least repeated (see
            `vstreamqa.models.cached.policies`).
        tokens: how many tokens of the video are kept between frames, texts around frames included.
        sink: how many of the first tokens stay for good: at least the prompt's head, and of the first frames what else
            there is to it. They come on top of `tokens`.
        template: chat template with the fields `{video}` and `{question}`; None for the family's own.
    """

    family: Literal["llava_onevision", "llava_next_video", "video_llava", "internvl"] = "llava_onevision"
    keep: Literal["window", "budget"] = "window"
    tokens: int = 12544
    sink: int = 4
    template: str | None = None

    @classmethod
    def parse(cls, values: Mapping[str, Any]) -> Options:
        """Build options from already validated values.

        Raises:
            UserError: a number out of range.
        """
        options = cls(**values)
        for name, value, least in (("tokens", options.tokens, 1), ("sink", options.sink, 0)):
            if value < least:
                raise UserError(f"{name}={value}: must be {least} or more")
        return options

    def offline(self) -> OfflineOptions:
        """Return the options under which the same checkpoint is loaded as an offline model."""
        return OfflineOptions(family=self.family, template=self.template)
