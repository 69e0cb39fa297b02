from __future__ import annotations

import pytest

from vstreamqa.build.mini import SECOND, WorldSettings, make_world
from vstreamqa.build.mini.narrate import narrate
from vstreamqa.build.mini.render import place


@pytest.mark.parametrize("unit", ["second", "keyframe"])
def test_every_visit_is_narrated_when_it_is_fully_in_view(unit: str) -> None:
    world = make_world("train", 3, 1, WorldSettings(length=120, unit=unit))  # type: ignore[arg-type]
    narrations = narrate(world)
    visits = [visit for visit in world.visits if visit.settled[0] <= world.settings.last]
    assert len(narrations) >= len(visits) > 10
    by_time = sorted(world.visits, key=lambda visit: visit.enter)
    for narration, visit in zip(narrations, by_time, strict=False):
        assert narration.text == f"The {visit.who} is {visit.action}."
        assert visit.enter < narration.time <= visit.settled[0]
        assert 0.1 < place(visit, narration.time)[0] < 0.9
        if unit == "keyframe":
            assert narration.time % SECOND == 0


def test_nothing_is_narrated_after_the_end() -> None:
    for index in range(20):
        world = make_world("train", 3, index, WorldSettings(length=20.5))
        assert all(narration.time <= 20_500 for narration in narrate(world))
