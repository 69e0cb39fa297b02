"""The figures of a set of narrated streams."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


class StreamMeans(Protocol):
    """The four figures of one stream; see `StreamFigures`."""

    @property
    def lm_ppl(self) -> float:
        """Mean perplexity of the turns, 1 and above."""
        ...

    @property
    def frame_diff(self) -> float:
        """Mean distance from the right moment, in frames."""
        ...

    @property
    def fluency(self) -> float:
        """Mean fluency, from 0 to 1."""
        ...

    @property
    def lm_correctness(self) -> float:
        """Mean correctness, from 0 to 1."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class NarrationFigures:
    """Plain means over streams, whatever their length (spec, section 8).

    Attributes:
        lm_ppl: LM-PPL, 1 and above; lower is better.
        time_diff: TimeDiff in seconds; lower is better.
        fluency: from 0 to 1.
        lm_correctness: from 0 to 1.
    """

    lm_ppl: float
    time_diff: float
    fluency: float
    lm_correctness: float


def narration_figures(streams: Sequence[StreamMeans], *, fps: float) -> NarrationFigures:
    """Put the figures of several streams together.

    Args:
        streams: one or more.
        fps: frames per second they were watched at.

    Raises:
        ValueError: there are no streams.
    """
    if not streams:
        raise ValueError("no streams: there are no figures")
    count = len(streams)
    return NarrationFigures(
        lm_ppl=sum(stream.lm_ppl for stream in streams) / count,
        time_diff=sum(stream.frame_diff for stream in streams) / count / fps,
        fluency=sum(stream.fluency for stream in streams) / count,
        lm_correctness=sum(stream.lm_correctness for stream in streams) / count,
    )
