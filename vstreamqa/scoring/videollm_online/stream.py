"""The four figures of one narrated stream, every turn of which follows the true replies before it (teacher forcing)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from vstreamqa.scoring.videollm_online.correctness import leading_hits, lm_correctness
from vstreamqa.scoring.videollm_online.fluency import fluency
from vstreamqa.scoring.videollm_online.perplexity import lm_perplexity
from vstreamqa.scoring.videollm_online.readings import Ints, Readings, speaks
from vstreamqa.scoring.videollm_online.time_difference import frame_difference, frames_ahead
from vstreamqa.scoring.videollm_online.turns import StreamIds, Turn, split_turns


@dataclass(frozen=True, slots=True)
class LookAhead:
    """A second reading that is asked for: what if more frames had come, and nothing had been said?

    Attributes:
        length: the sequence is cut to so many positions; then a silence token and a frame follow, again and again.
        frames: which frames of the stream.
    """

    length: int
    frames: range


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamFigures:
    """What one stream comes to: one value for each turn that has it, and their means.

    A figure that no turn has is the best there is: the original counts such a stream so.

    Attributes:
        perplexities: LM-PPL.
        differences: TimeDiff, absolute, in frames.
        fluencies: Fluency.
        correctnesses: LM-Correctness.
    """

    perplexities: tuple[float, ...]
    differences: tuple[int, ...]
    fluencies: tuple[float, ...]
    correctnesses: tuple[float, ...]

    @property
    def lm_ppl(self) -> float:
        """Mean perplexity of the turns, 1 and above."""
        return _mean(self.perplexities, 1.0)

    @property
    def frame_diff(self) -> float:
        """Mean distance from the right moment, in frames."""
        return _mean(self.differences, 0.0)

    @property
    def fluency(self) -> float:
        """Mean fluency, from 0 to 1."""
        return _mean(self.fluencies, 1.0)

    @property
    def lm_correctness(self) -> float:
        """Mean correctness, from 0 to 1."""
        return _mean(self.correctnesses, 1.0)


def evaluate_stream(
    ids: Ints,
    labels: Ints,
    readings: Readings,
    look_ahead: Callable[[LookAhead], Readings],
    *,
    tokens: StreamIds,
    threshold: float = 0.0,
) -> StreamFigures:
    """Evaluate one stream (spec, section 8).

    Turns without any label are passed over. As in the original, their frames are then not counted when it is worked out
    which frames lie ahead, so that a later turn is given frames from further back than it should be.

    Args:
        ids: the dialogue, frames as placeholders, [length].
        labels: already shifted, [length]; negative where there is none.
        readings: of the model at every position.
        look_ahead: reads the model again; returns one entry for each frame, read behind it.
        tokens: how to read the ids.
        threshold: least probability of silence for the model to stay silent; 0 (as published) leaves it to the model.
    """
    turns = split_turns(ids, labels, tokens)
    perplexities, differences, fluencies, correctnesses = [], [], [], []
    passed = 0
    for turn, following in zip(turns, [*turns[1:], None], strict=True):
        if not len(turn.stream) and not len(turn.text):
            continue
        hits = readings.best[turn.text] == labels[turn.text]
        if len(turn.text):
            perplexities.append(lm_perplexity(readings.losses[turn.text]))
            correctnesses.append(lm_correctness(hits))
        if len(turn.stream):
            request = _request(turn, following, passed)
            difference = _difference(turn, readings, request, look_ahead, tokens, threshold)
            differences.append(abs(difference))
            if len(turn.text):
                fluencies.append(
                    fluency(difference, frames=len(turn.stream), words=len(turn.text), leading=leading_hits(hits))
                )
        passed += turn.frames
    return StreamFigures(
        perplexities=tuple(perplexities),
        differences=tuple(differences),
        fluencies=tuple(fluencies),
        correctnesses=tuple(correctnesses),
    )


def _request(turn: Turn, following: Turn | None, passed: int) -> LookAhead:
    first = passed + turn.frames
    return LookAhead(int(turn.stream[-1]) + 1, range(first, first + frames_ahead(turn, following)))


def _difference(
    turn: Turn,
    readings: Readings,
    request: LookAhead,
    look_ahead: Callable[[LookAhead], Readings],
    tokens: StreamIds,
    threshold: float,
) -> int:
    speaking = speaks(readings, silence=tokens.silence, threshold=threshold)[turn.stream]
    ahead = np.zeros(0, dtype=bool)
    if not speaking.any() and request.frames:
        ahead = speaks(look_ahead(request), silence=tokens.silence, threshold=threshold)
    return frame_difference(speaking, ahead)


def _mean(values: Sequence[float], without: float) -> float:
    return sum(values) / len(values) if values else without
