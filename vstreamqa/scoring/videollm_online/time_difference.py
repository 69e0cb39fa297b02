"""TimeDiff: how many frames too early or too late the model would speak (VideoLLM-online; spec, section 8).

Two defects of the original are part of the measure. A model that is silent to the end of the last turn, or of a turn
with a single frame, counts as on time. And no one looks further ahead than the next turn, nor than this turn has
frames less one: whoever never speaks pays little.
"""

from __future__ import annotations

import numpy as np

from vstreamqa.scoring.videollm_online.readings import Flags
from vstreamqa.scoring.videollm_online.turns import Turn


def frames_ahead(turn: Turn, following: Turn | None) -> int:
    """Return how many more frames a model that was silent throughout a turn is given to speak; 0 in the last turn."""
    if following is None:
        return 0
    return max(0, min(following.frames, turn.frames - 1))


def frame_difference(speaking: Flags, ahead: Flags) -> int:
    """Return by how many frames the model would speak too early (above 0) or too late (below 0) in one turn.

    It should be silent after every frame but the last. If it speaks at frame k of S: S - k - 1. If it is silent
    throughout and speaks at frame j of those it is given: -(j + 1); at none of n: -n.

    Args:
        speaking: whether it would speak, after each frame of the turn with a label, [S], S >= 1.
        ahead: the same for the frames it is given if it was silent so far, [n]; n may be 0.
    """
    early = np.flatnonzero(speaking)
    if len(early):
        return len(speaking) - int(early[0]) - 1
    late = np.flatnonzero(ahead)
    return -(int(late[0]) + 1) if len(late) else -len(ahead)
