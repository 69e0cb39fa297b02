"""What a model's next-token distributions come to, as far as the metrics of a narrated stream need them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.integer[Any]]
Floats = npt.NDArray[np.floating[Any]]
Flags = npt.NDArray[np.bool_]

IGNORED = -100
"""Label of a position at which nothing is to be predicted."""


class Readings(Protocol):
    """One entry for each position of a sequence."""

    @property
    def losses(self) -> Floats:
        """Cross entropy against the label, in nats; 0 where there is none."""
        ...

    @property
    def best(self) -> Ints:
        """The most likely token."""
        ...

    @property
    def silence(self) -> Floats:
        """Probability of the token that stands for silence."""
        ...


@dataclass(frozen=True, slots=True)
class ReadingArrays:
    """Readings as arrays, [length] each."""

    losses: Floats
    best: Ints
    silence: Floats


def read_logits(logits: Floats, labels: Ints, *, silence: int) -> ReadingArrays:
    """Read logits.

    Args:
        logits: [length, vocabulary].
        labels: [length], already shifted: the token that position i is to predict; negative where there is none.
        silence: id of the token that stands for silence.
    """
    wide = logits.astype(np.float64)
    wide -= wide.max(axis=-1, keepdims=True)
    logs = wide - np.log(np.exp(wide).sum(axis=-1, keepdims=True))
    rows = np.arange(len(labels))
    return ReadingArrays(
        losses=np.where(labels >= 0, -logs[rows, np.maximum(labels, 0)], 0.0),
        best=logits.argmax(axis=-1),
        silence=np.exp(logs[:, silence]),
    )


def speaks(readings: Readings, *, silence: int, threshold: float) -> Flags:
    """Tell at which positions the model would speak, [length].

    It stays silent where that is its most likely token and, if the threshold is above 0, has at least that probability.
    """
    speaking = readings.best != silence
    if threshold > 0:
        speaking = speaking | (readings.silence < threshold)
    return np.asarray(speaking, dtype=bool)
