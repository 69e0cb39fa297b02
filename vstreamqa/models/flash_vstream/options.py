"""What `--set` can change about Flash-VStream."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Any, Literal

import msgspec

from vstreamqa.errors import UserError
from vstreamqa.models.flash_vstream.memory import MemorySizes, Part

Switch = Literal["on", "off"]
_Length = Annotated[int, msgspec.Meta(ge=1, le=4096)]
"""Beyond the most is a slip of the pen."""
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
        temporal: `off` withholds the temporal memory from the language model; it is kept all the same, at its
            `temporal_length`, since the key frames depend on its clusters.
        abstract: `off` withholds the abstract memory; it is kept all the same, at its `abstract_length`.
        retrieved: `off` retrieves no key frames.
        temporal_length: clusters of the temporal memory, if not those of the checkpoint.
        abstract_length: frames of the abstract memory, if not those of the checkpoint.
        retrieved_length: most key frames retrieved; the original retrieves 3.
    """

    mode: Literal["streaming", "offline"] = "streaming"
    memory: Literal["official", "repaired"] = "official"
    vision: Literal["shard", "stock"] = "shard"
    temporal: Switch = "on"
    abstract: Switch = "on"
    retrieved: Switch = "on"
    temporal_length: _Length | None = None
    abstract_length: _Length | None = None
    retrieved_length: _Length | None = None

    @classmethod
    def parse(cls, values: Mapping[str, Any]) -> Options:
        """Build options from already validated values.

        Raises:
            UserError: two options that exclude each other.
        """
        options = cls(**values)
        if options.mode == "offline" and options.memory == "repaired":
            raise UserError("memory=repaired: it exists for mode=streaming only; use --set mode=streaming")
        if options.retrieved == "off" and options.retrieved_length is not None:
            raise UserError(f"retrieved_length={options.retrieved_length}: none are retrieved with retrieved=off")
        return options

    @property
    def without(self) -> frozenset[Part]:
        """The parts that are not shown to the language model."""
        switches: dict[Part, Switch] = {"temporal": self.temporal, "abstract": self.abstract}
        return frozenset(part for part, switch in switches.items() if switch == "off")

    def sizes(self, own: MemorySizes) -> MemorySizes:
        """Return the sizes of the memory, given those of the checkpoint."""
        return replace(
            own,
            temporal_length=self.temporal_length or own.temporal_length,
            abstract_length=self.abstract_length or own.abstract_length,
            retrieved_length=0 if self.retrieved == "off" else self.retrieved_length or own.retrieved_length,
        )
