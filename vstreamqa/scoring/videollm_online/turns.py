"""The turns of a narrated stream: some frames, and the reply that follows them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vstreamqa.scoring.videollm_online.readings import Ints


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamIds:
    """The tokens by which a stream is read.

    Attributes:
        placeholder: stands for a visual token.
        end: ends a reply.
        silence: stands between two frames, and for staying silent.
        frame_tokens: visual tokens of one frame.
    """

    placeholder: int
    end: int
    silence: int
    frame_tokens: int


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn.

    Attributes:
        start: its first position.
        stop: the position behind its last, which ends the reply.
        stream: positions behind a frame at which speaking or silence is to be predicted, [S].
        text: the other positions that have a label, [L].
        frames: frames in the turn.
    """

    start: int
    stop: int
    stream: Ints
    text: Ints
    frames: int


def split_turns(ids: Ints, labels: Ints, tokens: StreamIds) -> list[Turn]:
    """Cut a sequence behind every token that ends a reply; what follows the last of them is left out.

    Args:
        ids: [length].
        labels: [length], already shifted; negative where there is none.
        tokens: how to read the ids.
    """
    stops = (np.flatnonzero(ids == tokens.end) + 1).tolist()
    return [_turn(start, stop, ids, labels, tokens) for start, stop in zip([0, *stops], stops, strict=False)]


def _turn(start: int, stop: int, ids: Ints, labels: Ints, tokens: StreamIds) -> Turn:
    visual = ids[start:stop] == tokens.placeholder
    labelled = labels[start:stop] >= 0
    return Turn(
        start=start,
        stop=stop,
        stream=start + np.flatnonzero(labelled & visual),
        text=start + np.flatnonzero(labelled & ~visual),
        frames=int(visual.sum()) // tokens.frame_tokens,
    )
