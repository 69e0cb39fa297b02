"""Judges of known worth: what they say of a constructed pair is planted."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from vstreamqa.scoring.judge.base import Case, Opinion
from vstreamqa.scoring.judge.pairs import Pair


class Planted:
    """Says what is due with the given rates; a function for `FunctionJudge`."""

    def __init__(self, pairs: Iterable[Pair], *, positive: float, negative: float, seed: int = 0) -> None:
        self._due = {pair.case: pair.expected for pair in pairs}
        self._rates = {True: positive, False: negative}
        self._rng = np.random.default_rng(seed)

    def __call__(self, case: Case) -> Opinion:
        due = self._due[case]
        return Opinion(correct=due if self._rng.random() < self._rates[due] else not due)


def yes_always(case: Case) -> Opinion:
    return Opinion(correct=True, raw="yes", input_tokens=10, output_tokens=1)


def no_always(case: Case) -> Opinion:
    return Opinion(correct=False)


def leans_to_length(case: Case) -> Opinion:
    """Right about short answers; takes a long one as right."""
    return Opinion(correct=case.prediction in case.golds or len(case.prediction) > 60)


def contained(case: Case) -> Opinion:
    """Sees the gold only where the answer holds it, so that places matter."""
    return Opinion(correct=any(gold in case.prediction for gold in case.golds))
