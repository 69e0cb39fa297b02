from __future__ import annotations

from itertools import combinations, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vstreamqa.build.mini import ACTIONS, CHARACTERS, ROOMS, SECOND, World, WorldSettings, make_world
from vstreamqa.build.mini.randomness import draws

SECONDS = st.builds(WorldSettings, length=st.floats(5, 400).map(lambda length: round(length, 2)))
KEYFRAMES = st.builds(WorldSettings, length=st.integers(6, 300), unit=st.just("keyframe"), shot=st.just(3))
WORLDS = st.builds(make_world, st.just("train"), st.integers(0, 99), st.integers(0, 10**6), SECONDS | KEYFRAMES)


@settings(max_examples=60, deadline=None)
@given(WORLDS)
def test_rooms_follow_each_other_without_gaps_and_always_change(world: World) -> None:
    assert world.stays[0].start == 0
    assert world.stays[-1].end == world.settings.duration
    for before, after in pairwise(world.stays):
        assert before.end == after.start
        assert before.room != after.room
    assert {stay.room for stay in world.stays} <= set(ROOMS)


@settings(max_examples=60, deadline=None)
@given(WORLDS)
def test_whole_seconds_tell_everything(world: World) -> None:
    for stay in world.stays[1:]:
        assert 50 <= stay.start % SECOND <= 650
    for visit in world.visits:
        first, last = visit.settled
        assert visit.enter < first < last < visit.leave
        assert first - visit.enter >= 700
        assert visit.leave - last <= 650
        assert 4000 <= visit.leave - visit.enter <= 9000
        assert visit.path[0].time == visit.enter
        assert visit.path[-1].time == visit.leave
        assert all(before.time < after.time for before, after in pairwise(visit.path))
        assert visit.action in ACTIONS
        assert visit.who in CHARACTERS


@settings(max_examples=60, deadline=None)
@given(WORLDS)
def test_nobody_is_there_during_a_cut(world: World) -> None:
    for visit in world.visits:
        assert world.stay_at(visit.enter).room == visit.room
        assert all(not visit.enter <= stay.start < visit.leave for stay in world.stays[1:])


@settings(max_examples=60, deadline=None)
@given(WORLDS)
def test_two_at_most_are_in_view_and_meetings_are_all_that_overlap(world: World) -> None:
    overlapping = {
        frozenset((a.enter, b.enter))
        for a, b in combinations(world.visits, 2)
        if a.enter < b.leave and b.enter < a.leave
    }
    assert overlapping == {frozenset((m.first.enter, m.second.enter)) for m in world.meetings}
    for visit in world.visits:
        assert len(world.visits_at(visit.enter)) <= 2
        assert len({other.who for other in world.visits_at(visit.enter)}) == len(world.visits_at(visit.enter))
    for meeting in world.meetings:
        assert meeting.end - meeting.settled >= 2 * SECOND


@settings(max_examples=60, deadline=None)
@given(WORLDS)
def test_who_comes_is_told_apart_by_a_whole_second_at_least(world: World) -> None:
    firsts = [visit.settled[0] for visit in world.visits]
    assert firsts == sorted(set(firsts))


@settings(max_examples=40, deadline=None)
@given(WORLDS)
def test_a_movie_changes_rooms_between_shots_only(world: World) -> None:
    for stay in world.stays[1:]:
        assert (stay.start // SECOND + 1) % world.settings.shot == 0


def test_a_minute_is_busy_and_nobody_comes_twice() -> None:
    visits = [make_world("train", 0, index, WorldSettings(length=60)).visits for index in range(50)]
    assert 7 < sum(map(len, visits)) / len(visits) < 10
    assert all(len({visit.who for visit in some}) >= min(len(some), 10) for some in visits)


def test_half_an_hour_stays_busy_and_new_faces_come_all_along() -> None:
    worlds = [make_world("train", 0, index, WorldSettings(length=1800)) for index in range(10)]
    for world in worlds:
        assert len(world.visits) > 150
        assert max(after.enter - before.leave for before, after in pairwise(world.visits)) < 30 * SECOND
        assert len({visit.who for visit in world.visits}) == 10
    debuts = [
        min(visit.enter for visit in world.visits if visit.who == who)
        for world in worlds
        for who in {visit.who for visit in world.visits}
    ]
    assert sum(debut > 900 * SECOND for debut in debuts) > 0.3 * len(debuts)


def test_the_same_arguments_give_the_same_world_and_others_another() -> None:
    kind = WorldSettings(length=60)
    world = make_world("test", 3, 5, kind)
    assert make_world("test", 3, 5, kind) == world
    others = [make_world("train", 3, 5, kind), make_world("test", 4, 5, kind), make_world("test", 3, 6, kind)]
    assert len({other.visits for other in [world, *others]}) == 4


@pytest.mark.parametrize(("one", "other"), [(("train", 1, 23), ("train", 12, 3)), (("train", 1, 2), ("test", 1, 2))])
def test_draws_of_different_purposes_differ(one: tuple[str | int, ...], other: tuple[str | int, ...]) -> None:
    assert draws(*one).getrandbits(256) != draws(*other).getrandbits(256)
