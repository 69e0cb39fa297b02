"""The keyframes of a film by shot: from the positions that annotations state to ranks, never by a factor."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from itertools import pairwise
from typing import Self

from vstreamqa.build.vstream_qa.records import Mark
from vstreamqa.video.images import shot_key

Key = tuple[int, int]
_AFTER_ALL = 1 << 62


class Keyframes:
    """Keyframes in numeric order, shot by shot; a rank is the place of one among them, from 0.

    Attributes:
        names: their file names.

    Raises:
        ValueError: two of them are the same keyframe.
    """

    def __init__(self, names: Iterable[str]) -> None:
        keyed = sorted((key, name) for name in names if (key := shot_key(name)) is not None)
        for (key, name), (other, double) in pairwise(keyed):
            if key == other:
                raise ValueError(f"{name} and {double} are the same keyframe; remove one of them")
        self._keys: list[Key] = [key for key, _ in keyed]
        self.names = tuple(name for _, name in keyed)

    def __len__(self) -> int:
        return len(self.names)

    def between(self, start: Mark, end: Mark) -> Self:
        """Return the keyframes from one position to another, both included; the end of a shot is its last keyframe."""
        first = bisect_left(self._keys, (int(start.number), start.image or 0))
        last = bisect_left(self._keys, (int(end.number), _AFTER_ALL if end.image is None else end.image + 1))
        return type(self)(self.names[first:last])

    def missing_shots(self, start: Mark, end: Mark) -> list[int]:
        """Return the shots from one position to another that have no keyframe."""
        there = {shot for shot, _ in self._keys}
        return [shot for shot in range(int(start.number), int(end.number) + 1) if shot not in there]

    def first_rank(self, mark: Mark) -> int:
        """Return the rank of the keyframe that a position names, or of the first one of its shot.

        Raises:
            ValueError: there is none.
        """
        return self._rank(mark, bisect_left(self._keys, (int(mark.number), mark.image or 0)))

    def last_rank(self, mark: Mark) -> int:
        """Return the rank of the keyframe that a position names, or of the last one of its shot.

        Raises:
            ValueError: there is none.
        """
        if mark.image is not None:
            return self.first_rank(mark)
        return self._rank(mark, bisect_left(self._keys, (int(mark.number), _AFTER_ALL)) - 1)

    def _rank(self, mark: Mark, rank: int) -> int:
        found = self._keys[rank] if 0 <= rank < len(self._keys) else None
        if found is None or found[0] != mark.number or mark.image not in (None, found[1]):
            raise ValueError(f"there is no keyframe of {mark if mark.image is not None else f'shot {mark}'}")
        return rank
