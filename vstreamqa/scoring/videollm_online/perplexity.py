"""LM-PPL: how well the wording of a reply is predicted (VideoLLM-online; spec, section 8)."""

from __future__ import annotations

import numpy as np

from vstreamqa.scoring.videollm_online.readings import Floats


def lm_perplexity(losses: Floats) -> float:
    """Return exp of the mean cross entropy over the words of one turn, 1 and above; lower is better.

    A stream's figure is the mean of its turns', taken after exponentiation: it is not the perplexity of all its words.

    Args:
        losses: cross entropies in nats, [L], L >= 1.
    """
    return float(np.exp(losses.mean()))
