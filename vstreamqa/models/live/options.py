"""What `--set` can change about a live session on vLLM-Omni."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from vstreamqa.models.base import UNSEEN
from vstreamqa.models.shared.ranges import check_ranges, check_wait


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """Options of a live session.

    Attributes:
        num_frames: frames that the server samples from its buffer for each question, 1 to 128.
        max_frames: frames in its buffer, the newest, 1 to 256.
        frame_filter: the server drops frames that look like the one before; off, so that it sees what others see.
        frame_filter_threshold: how alike they must look for that, 0 to 1.
        turns: `fresh` begins a session anew after every question, so that none knows of another; `kept` goes on, and
            the server puts the last exchange before the next question, which a lost connection forgets, as does a run
            that is gone on with.
        sampling: `greedy` asks for the likeliest token; `server` leaves it to the server, answers' length included.
        max_side: pixels of a frame's longer side at most; larger frames are made smaller. 0 for none.
        quality: JPEG quality of the frames, 1 to 100.
        idle: seconds the server is left alone after an answer; changes no answer.
        timeout: seconds without a message after which an answer is lost; changes no answer.
        retries: how often a lost connection is tried again; changes no answer.
    """

    num_frames: int = 16
    max_frames: int = 64
    frame_filter: bool = False
    frame_filter_threshold: float = 0.95
    turns: Literal["fresh", "kept"] = "fresh"
    sampling: Literal["greedy", "server"] = "greedy"
    max_side: int = 768
    quality: int = 90
    idle: float = field(default=0.2, metadata=UNSEEN)
    timeout: float = field(default=120.0, metadata=UNSEEN)
    retries: int = field(default=4, metadata=UNSEEN)

    @classmethod
    def parse(cls, values: Mapping[str, Any]) -> Options:
        """Build options from values of the right types.

        Raises:
            UserError: a value out of range.
        """
        options = cls(**values)
        check_ranges(
            options,
            (
                ("num_frames", 1, 128),
                ("max_frames", 1, 256),
                ("frame_filter_threshold", 0, 1),
                ("max_side", 0, 100_000),
                ("quality", 1, 100),
                ("idle", 0, 3600),
                ("retries", 0, 100),
            ),
        )
        check_wait(options, "timeout")
        return options
