"""Narrated streams: one line a stream, {lm_ppl, frame_diff, fluency, lm_correctness, fps}.

What VideoLLM-online measures of one stream (its output has the first four in this order), and the frames per second
that it was watched at, which turn `frame_diff` into seconds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from vstreamqa.schema import Average
from vstreamqa.scoring.foreign.cells import fault
from vstreamqa.scoring.foreign.lines import Line
from vstreamqa.scoring.measured.fields import number
from vstreamqa.scoring.videollm_online.narration import narration_figures

WANTED = ("lm_ppl", "frame_diff", "fluency", "lm_correctness", "fps")


@dataclass(frozen=True, slots=True)
class _Stream:
    lm_ppl: float
    frame_diff: float
    fluency: float
    lm_correctness: float


def read(lines: Sequence[Line]) -> tuple[Average, ...]:
    """Return the figures of a file of narrated streams.

    Raises:
        UserError: a figure is missing or cannot be one, or the streams were watched at several rates.
    """
    fps = number(lines[0], "fps")
    for line in lines:
        if number(line, "fps") != fps or not fps:
            raise fault(line, "fps", line.values["fps"], f"one rate above 0, as {fps:g} in the first row,")
    streams = [
        _Stream(
            lm_ppl=number(line, "lm_ppl", least=1),
            frame_diff=number(line, "frame_diff"),
            fluency=number(line, "fluency", most=1),
            lm_correctness=number(line, "lm_correctness", most=1),
        )
        for line in lines
    ]
    found, n = narration_figures(streams, fps=fps), len(streams)
    return (
        Average(name="lm_ppl", value=found.lm_ppl, n=n, official=True, unit="perplexity", note="lower is better"),
        Average(name="time_diff", value=found.time_diff, n=n, official=True, unit="s", note="lower is better"),
        Average(name="fluency", value=found.fluency, n=n, official=True),
        Average(name="lm_correctness", value=found.lm_correctness, n=n, official=True),
    )
