"""How often a model says the same thing again."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from vstreamqa.scoring.match import normalise
from vstreamqa.scoring.speaking.listened import Listened


def repetition_rate(questions: Iterable[Listened]) -> float | None:
    """Return the share of utterances that say, after normalisation, what the utterance before them said.

    The first utterance under a question repeats nothing. None where nothing was said.
    """
    texts = [[normalise(remark.text) for remark in one.said] for one in questions]
    said = sum(map(len, texts))
    repeated = sum(before == after for one in texts for before, after in pairwise(one))
    return repeated / said if said else None
