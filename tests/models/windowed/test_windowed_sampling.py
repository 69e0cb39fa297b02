from fractions import Fraction
from math import floor

from hypothesis import given
from hypothesis import strategies as st

from vstreamqa.models.windowed.sampling import first_still_needed, sampled


def test_frames_are_spread_evenly_from_the_first_to_the_last() -> None:
    assert sampled(9, 5) == [0, 2, 4, 6, 8]
    assert sampled(10, 4) == [0, 3, 6, 9]
    assert sampled(6, 3) == [0, 3, 5]  # 2.5 is rounded up


def test_few_frames_are_all_taken() -> None:
    assert sampled(0, 4) == []
    assert sampled(3, 4) == sampled(3, 3) == [0, 1, 2]


def test_one_frame_is_the_newest() -> None:
    assert sampled(9, 1) == [8]


@given(count=st.integers(2, 10**9), most=st.integers(2, 50))
def test_places_are_exact_and_differ(count: int, most: int) -> None:
    places = sampled(count, most)
    if count > most:
        gap = Fraction(count - 1, most - 1)
        assert places == [floor(number * gap + Fraction(1, 2)) for number in range(most)]
    assert places == sorted(set(places))


@given(count=st.integers(1, 60), most=st.integers(1, 12))
def test_what_is_let_go_is_never_sampled_again_and_the_rest_is(count: int, most: int) -> None:
    needed = first_still_needed(count, most)
    asked_for = {place for longer in range(count, 400 * most) for place in sampled(longer, most)}
    assert not asked_for & set(range(1, needed))
    if most > 2:
        assert asked_for >= set(range(needed, count))
