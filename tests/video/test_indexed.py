from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from vstreamqa.video.grid import Grid, exact_rate
from vstreamqa.video.indexed import entry_at, entry_time, ranked_frames, timed_frames
from vstreamqa.video.types import Pixels

rates = st.sampled_from([1.0, 3.0, 23.976, 25.0, 29.97, 30.0]).map(exact_rate)


class Numbered:
    """Entries that hold their own number, and count how often they are loaded."""

    path = Path("numbered")
    size = (1, 1)

    def __init__(self, entries: int) -> None:
        self._entries = entries
        self.loaded: list[int] = []

    def __len__(self) -> int:
        return self._entries

    def pixels(self, index: int) -> Pixels:
        self.loaded.append(index)
        return np.full((1, 1, 3), index, np.uint8)

    def features(self, index: int) -> None:
        return None


@given(st.integers(0, 10**6), rates)
def test_an_entry_is_shown_from_its_own_time_on_and_not_before(index: int, rate: Fraction) -> None:
    time = entry_time(index, rate)
    assert entry_at(time, rate) == index
    assert entry_at(time - 1, rate) == index - 1


def test_a_grid_twice_as_fast_as_the_entries_shows_each_twice_and_loads_it_once() -> None:
    entries = Numbered(3)
    frames = list(timed_frames(entries, Fraction(2), Grid(0, Fraction(4))))
    assert [frame.position for frame in frames] == [250_000_000 * k for k in range(6)]
    assert [frame.presented for frame in frames] == [500_000_000 * (k // 2) for k in range(6)]
    assert [int(frame.pixels[0, 0, 0]) for frame in frames if frame.pixels is not None] == [0, 0, 1, 1, 2, 2]
    assert entries.loaded == [0, 1, 2]


def test_ranks_are_all_given_from_start_to_end_included() -> None:
    frames = list(ranked_frames(Numbered(10), 3, 5))
    assert [(frame.position, frame.presented) for frame in frames] == [(3, 3), (4, 4), (5, 5)]
    assert len(list(ranked_frames(Numbered(10), 3, None))) == 7
    assert len(list(ranked_frames(Numbered(10), 3, 99))) == 7
