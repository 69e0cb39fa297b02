"""AUED: the area under the edit distance of anticipated actions (spec, section 9.2).

The edit distance at Z actions is that of Ego4D's long-term anticipation, https://arxiv.org/abs/2110.07058.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from vstreamqa.scoring.videollm_online.edit_distance import prefix_distances

Labels = Sequence[int]


def edit_distances(
    predictions: Sequence[Sequence[Labels]], golds: Sequence[Labels], *, actions: int
) -> npt.NDArray[np.float64]:
    """Return ED@z for z = 1 ... Z, [Z]: the distance of the first z actions over z, of the best candidate, averaged.

    The best candidate is chosen anew for every z.

    Args:
        predictions: for each of N samples, several candidates of Z labels.
        golds: N times Z labels.
        actions: Z, 2 or more.

    Raises:
        ValueError: there are no samples, or a sequence has another length.
    """
    if not golds:
        raise ValueError("no samples: there is no edit distance")
    lengths = np.arange(1, actions + 1)
    rows = []
    for candidates, gold in zip(predictions, golds, strict=True):
        if any(len(labels) != actions for labels in (*candidates, gold)):
            raise ValueError(f"a sequence has not {actions} actions")
        rows.append(np.min([prefix_distances(candidate, gold) for candidate in candidates], axis=0) / lengths)
    return np.asarray(np.mean(rows, axis=0), dtype=np.float64)


def aued(predictions: Sequence[Sequence[Labels]], golds: Sequence[Labels], *, actions: int = 20) -> float:
    """Return the area under ED@z by the trapezoid rule, over its width Z - 1: from 0 to 1, lower is better."""
    distances = edit_distances(predictions, golds, actions=actions)
    return float(np.trapezoid(distances) / (actions - 1))
