"""Levenshtein distance: fewest insertions, deletions and substitutions that turn one sequence into another."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
import numpy.typing as npt


def prefix_distances(first: Sequence[object], second: Sequence[object]) -> list[int]:
    """Return the distances of the first z items of two sequences, for z from 1 to the length of the shorter one."""
    row = list(range(len(second) + 1))
    distances = []
    for count, item in enumerate(first, start=1):
        above, row = row, [count]
        for place, other in enumerate(second, start=1):
            row.append(min(above[place] + 1, row[place - 1] + 1, above[place - 1] + (item != other)))
        if count <= len(second):
            distances.append(row[count])
    return distances


class Nearest:
    """Finds which of some texts a text is nearest to, character by character.

    All of them are compared at once, so that tens of thousands take milliseconds. Of several that are equally near,
    the first in the order of their code points is taken.
    """

    def __init__(self, texts: Sequence[str]) -> None:
        self._texts = sorted(set(texts))
        if not self._texts:
            raise ValueError("no texts to be near to")
        self._known = frozenset(self._texts)
        self._lengths = np.array([len(text) for text in self._texts])
        self._letters = np.zeros((len(self._texts), int(self._lengths.max())), dtype=np.int32)
        for row, text in zip(self._letters, self._texts, strict=True):
            row[: len(text)] = [ord(letter) for letter in text]
        self._find = cache(self._search)

    def __call__(self, text: str) -> str:
        """Return the nearest."""
        return text if text in self._known else self._find(text)

    def _search(self, text: str) -> str:
        distances = self._distances(text)
        return self._texts[int(distances[np.arange(len(self._texts)), self._lengths].argmin())]

    def _distances(self, text: str) -> npt.NDArray[np.int64]:
        """Return the distances to the beginnings of all texts, [texts, longest + 1]."""
        places = np.arange(self._letters.shape[1] + 1)
        row = np.broadcast_to(places, (len(self._texts), len(places)))
        for count, letter in enumerate(text, start=1):
            following = np.empty_like(row)
            following[:, 0] = count
            following[:, 1:] = np.minimum(row[:, 1:] + 1, row[:, :-1] + (self._letters != ord(letter)))
            # An insertion costs 1 more than what stands to its left: a running minimum, once places are taken off.
            row = np.minimum.accumulate(following - places, axis=1) + places
        return np.asarray(row)
