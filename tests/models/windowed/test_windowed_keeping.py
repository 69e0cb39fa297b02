import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vstreamqa.errors import UserError
from vstreamqa.models.windowed import Policy
from vstreamqa.models.windowed.keeping import Keeper, Kept, new_keeper
from vstreamqa.models.windowed.sampling import sampled
from vstreamqa.schema import NANOSECONDS, Unit

PICTURE = np.zeros((1, 1, 3), dtype=np.uint8)


def keeper_of(policy: Policy, positions: list[int], most: int = 8, unit: Unit = "keyframe") -> Keeper:
    keeper = new_keeper(policy, most, unit)
    for position in positions:
        keeper.keep(Kept(position, PICTURE))
    return keeper


def shown(keeper: Keeper) -> list[int]:
    return [frame.position for frame in keeper.shown()]


@given(count=st.integers(0, 80), most=st.integers(1, 9))
def test_uniform_is_exact_for_every_length_of_the_prefix(count: int, most: int) -> None:
    keeper = new_keeper(Policy("uniform"), most, "second")
    for position in range(count):
        keeper.keep(Kept(position, PICTURE))
        assert shown(keeper) == sampled(position + 1, most)
    assert shown(keeper) == shown(keeper)


def test_uniform_holds_what_can_still_be_sampled() -> None:
    assert len(keeper_of(Policy("uniform"), list(range(1001)), most=11)) == 1 + 901
    assert len(keeper_of(Policy("uniform"), list(range(1001)), most=2)) == 2
    assert len(keeper_of(Policy("uniform"), list(range(1001)), most=1)) == 2


@given(count=st.integers(0, 60), length=st.integers(1, 20), most=st.integers(1, 9))
def test_last_frames_shows_and_holds_the_newest(count: int, length: int, most: int) -> None:
    keeper = keeper_of(Policy("last-frames", length), list(range(count)), most)
    newest = list(range(count))[-length:]
    assert shown(keeper) == [newest[place] for place in sampled(len(newest), most)]
    assert len(keeper) == len(newest)


@given(count=st.integers(0, 60), seconds=st.integers(1, 20), fps=st.integers(1, 4))
def test_last_seconds_shows_as_many_frames_as_the_grid_has_in_them(count: int, seconds: int, fps: int) -> None:
    positions = [number * NANOSECONDS // fps for number in range(count)]
    keeper = keeper_of(Policy("last-seconds", seconds), positions, most=1000, unit="second")
    assert shown(keeper) == positions[-seconds * fps :]
    assert len(keeper) == min(count, seconds * fps)


def test_last_seconds_counts_time_where_frames_are_missing() -> None:
    keeper = keeper_of(Policy("last-seconds", 2), [0, NANOSECONDS, 9 * NANOSECONDS, 10 * NANOSECONDS], unit="second")
    assert shown(keeper) == [9 * NANOSECONDS, 10 * NANOSECONDS]


@pytest.mark.parametrize("unit", ["keyframe", "shot"])
def test_ranks_have_no_seconds(unit: Unit) -> None:
    with pytest.raises(UserError, match=f"policy 'last-seconds:5': this stream is counted in {unit}s"):
        new_keeper(Policy("last-seconds", 5), 8, unit)
    assert shown(keeper_of(Policy("last-frames", 2), [0, 1, 2], unit=unit)) == [1, 2]
    assert shown(keeper_of(Policy("uniform"), [0, 1, 2], unit=unit)) == [0, 1, 2]
