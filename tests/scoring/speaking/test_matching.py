from __future__ import annotations

from itertools import combinations
from random import Random

import pytest

from vstreamqa.scoring.speaking.matching import Window, match_positions
from vstreamqa.scoring.spec import ScoringSpec

WINDOW = Window(before=1, after=2)


@pytest.mark.parametrize(("said", "pairs"), [(9, [(0, 0)]), (12, [(0, 0)]), (8, []), (13, [])])
def test_both_ends_of_the_window_belong_to_it(said: int, pairs: list[tuple[int, int]]) -> None:
    assert match_positions([10], [said], WINDOW) == pairs


def test_an_event_is_told_once_and_an_utterance_tells_one_event() -> None:
    assert match_positions([10], [10, 11], WINDOW) == [(0, 0)]
    assert match_positions([10, 10], [10], WINDOW) == [(0, 0)]
    assert match_positions([10, 10], [10, 10], WINDOW) == [(0, 0), (1, 1)]


def test_the_nearest_event_is_left_to_a_later_utterance_that_has_no_other() -> None:
    assert match_positions([10, 12], [12, 13], WINDOW) == [(0, 0), (1, 1)]


def test_nothing_said_and_nothing_to_say_match_nothing() -> None:
    assert match_positions([], [1], WINDOW) == match_positions([1], [], WINDOW) == []


def most_pairs(events: list[int], said: list[int]) -> int:
    """The size of the greatest matching, by trying every choice of events and utterances in time order."""
    for size in range(min(len(events), len(said)), 0, -1):
        for some in combinations(events, size):
            for others in combinations(said, size):
                if all(-WINDOW.before <= s - e <= WINDOW.after for e, s in zip(some, others, strict=True)):
                    return size
    return 0


def test_no_matching_in_time_order_has_more_pairs() -> None:
    random = Random(0)
    for _ in range(300):
        events, said = (sorted(random.randint(0, 12) for _ in range(random.randint(0, 6))) for _ in range(2))
        pairs = match_positions(events, said, WINDOW)
        assert len(pairs) == most_pairs(events, said), (events, said)
        assert pairs == sorted(pairs)
        assert all(-WINDOW.before <= said[s] - events[e] <= WINDOW.after for e, s in pairs)
        assert len({e for e, _ in pairs}) == len({s for _, s in pairs}) == len(pairs)


def test_the_window_counts_seconds_or_ranks() -> None:
    assert Window.of(ScoringSpec(), "second") == Window(10**9, 2 * 10**9)
    assert Window.of(ScoringSpec(), "keyframe") == WINDOW
