"""What `--set` can change about Flash-VStream."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from vstreamqa.errors import UserError

VisionSource = Literal["shard", "stock"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """Options of the adapter.

    Attributes:
        mode: `streaming` updates a bounded memory with every frame; `offline` computes the memory of the whole prefix
            when a question is asked, as the published VStream-QA rows do, and keeps the prefix for it.
        memory: `official` is the released arithmetic, quirks included; `repaired` departs from it (see
            `vstreamqa.models.flash_vstream.repaired`) and exists for streaming only.
        vision: `shard` takes the tower's weights from the checkpoint itself (self-contained; the released copy is
            CLIP rounded to bfloat16); `stock` takes them from the tower the config names in `mm_vision_tower`, which
            is what the original loader does.
    """

    mode: Literal["streaming", "offline"] = "streaming"
    memory: Literal["official", "repaired"] = "official"
    vision: Literal["shard", "stock"] = "shard"

    @classmethod
    def parse(cls, values: Mapping[str, Any]) -> Options:
        """Build options from already validated values.

        Raises:
            UserError: two options that exclude each other.
        """
        options = cls(**values)
        if options.mode == "offline" and options.memory == "repaired":
            raise UserError("memory=repaired: it exists for mode=streaming only; use --set mode=streaming")
        return options
