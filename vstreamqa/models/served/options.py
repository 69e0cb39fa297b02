"""What `--set` can change about a served model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Self

from vstreamqa.models.base import UNSEEN
from vstreamqa.models.shared.ranges import check_ranges, check_wait
from vstreamqa.models.windowed import Policy, parse_policy


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """Options of a served model.

    Attributes:
        frames_as: `images` sends every frame as a JPEG; `video` sends the frames of a question as one MP4, out of which
            the server may choose frames of its own.
        policy: which frames a question rests on: `uniform` (everything seen so far), `last-seconds:N`,
            `last-frames:N`.
        frames: most frames of one question, spread evenly over those.
        max_side: pixels of a frame's longer side at most; larger frames are made smaller. 0 for none.
        quality: JPEG quality of the frames, 1 to 100.
        timeout: seconds without a byte from the server after which a request has failed; changes no answer.
        retries: how often a request that failed is made again; changes no answer.
    """

    frames_as: Literal["images", "video"] = "images"
    policy: str = "uniform"
    frames: int = 16
    max_side: int = 768
    quality: int = 90
    timeout: float = field(default=120.0, metadata=UNSEEN)
    retries: int = field(default=4, metadata=UNSEEN)

    @classmethod
    def parse(cls, values: Mapping[str, Any]) -> Self:
        """Build options from values of the right types.

        Raises:
            UserError: a value out of range.
        """
        options = cls(**values)
        parse_policy(options.policy)
        check_ranges(
            options,
            (
                ("frames", 1, 10_000),
                ("max_side", 0, 100_000),
                ("quality", 1, 100),
                ("retries", 0, 100),
            ),
        )
        check_wait(options, "timeout")
        return options

    @property
    def window(self) -> Policy:
        """The policy, read."""
        return parse_policy(self.policy)
