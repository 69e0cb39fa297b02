"""LM-Correctness: how much of a reply is right before the first mistake (VideoLLM-online; spec, section 8)."""

from __future__ import annotations

import numpy as np

from vstreamqa.scoring.videollm_online.readings import Flags


def leading_hits(hits: Flags) -> int:
    """Return how many predictions are right before the first that is not.

    Args:
        hits: whether the most likely token is the right one, in order, [L].
    """
    wrong = np.flatnonzero(~hits)
    return int(wrong[0]) if len(wrong) else len(hits)


def lm_correctness(hits: Flags) -> float:
    """Return the share of the words of one turn before the first mistake, from 0 to 1.

    Args:
        hits: as for `leading_hits`, L >= 1.
    """
    return leading_hits(hits) / len(hits)
