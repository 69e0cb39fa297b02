"""How often a model says the same thing again."""

from __future__ import annotations

from itertools import pairwise

from vstreamqa.scoring.match import normalise
from vstreamqa.scoring.speaking.listened import Listened


def repetitions(one: Listened) -> int:
    """Return how many utterances say, after normalisation, what the utterance before them said.

    The first utterance under a question repeats nothing.
    """
    texts = (normalise(remark.text) for remark in one.said)
    return sum(before == after for before, after in pairwise(texts))
