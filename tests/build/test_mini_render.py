from __future__ import annotations

from itertools import product

import numpy as np
import numpy.typing as npt
import pytest

from vstreamqa.build.mini import (
    ACTIONS,
    CHARACTERS,
    COLOURS,
    ROOMS,
    SECOND,
    Character,
    Stay,
    Visit,
    World,
    WorldSettings,
    make_world,
    render,
    render_all,
)
from vstreamqa.build.mini.world import Waypoint

Pixels = npt.NDArray[np.uint8]


def scene(room: str, who: str, action: str, x: float = 0.5, y: float = 0.5, index: int = 0, size: int = 64) -> World:
    """A world in which somebody stands still for ten seconds."""
    path = (Waypoint(0, x, y), Waypoint(10 * SECOND, x, y))
    return World(
        split="train",
        seed=0,
        index=index,
        settings=WorldSettings(length=10, size=size),
        stays=(Stay(room, 0, 10 * SECOND),),
        visits=(Visit(who, action, room, 0, 10 * SECOND, path, 1),),
        meetings=(),
    )


def empty(room: str) -> World:
    stays = (Stay(room, 0, 10 * SECOND),)
    return World(split="train", seed=0, index=9, settings=WorldSettings(length=10), stays=stays, visits=(), meetings=())


def nearest(picture: Pixels, references: dict[str, list[Pixels]]) -> str:
    """Name the reference that differs least."""
    wanted = picture.astype(np.float32)
    return min(references, key=lambda name: min(float(np.square(wanted - one).mean()) for one in references[name]))


def test_a_picture_depends_on_the_world_and_the_time_alone() -> None:
    world = make_world("train", 0, 0, WorldSettings(length=20, size=48))
    times = [0, 1000, 1001, 7000, 20000]
    pictures = render_all(world, times)
    assert pictures.shape == (5, 48, 48, 3)
    assert pictures.dtype == np.uint8
    assert np.array_equal(pictures[::-1], render_all(world, times[::-1]))
    assert not np.array_equal(pictures[1], pictures[2])
    assert not np.array_equal(pictures[1], render(make_world("test", 0, 0, world.settings), 1000))


def test_no_times_make_no_pictures() -> None:
    assert render_all(empty("office"), []).shape == (0, 64, 64, 3)


def test_rooms_are_told_apart() -> None:
    references = {room: [render(empty(room), time) for time in range(0, 5000, 250)] for room in ROOMS}
    for room, time in product(ROOMS, range(6010, 9000, 500)):
        assert nearest(render(empty(room), time), references) == room


@pytest.mark.parametrize("room", ROOMS)
def test_every_character_and_action_can_be_read_from_one_frame_of_64_pixels(room: str) -> None:
    names = {f"{who} {action}": (who, action) for who, action in product(CHARACTERS, ACTIONS)}
    references = {
        name: [render(scene(room, who, action, index=1), time) for time in range(0, 9000, 600)]
        for name, (who, action) in names.items()
    }
    right = [
        nearest(render(scene(room, who, action, index=2), time), references) == name
        for name, (who, action) in names.items()
        for time in (1111, 5432)
    ]
    assert np.mean(right) > 0.95


def test_a_character_shows_its_colour_where_it_stands() -> None:
    for name, character in CHARACTERS.items():
        picture = render(scene("garage", name, "waving", x=0.25, y=0.6, size=96), 2000)
        middle = picture[54:60, 22:27].astype(int)
        assert np.abs(middle - COLOURS[character.colour]).mean() < 10
        opposite = picture[54:60, 70:75].astype(int)
        assert np.abs(opposite - COLOURS[character.colour]).mean() > 50


def test_shapes_differ_in_how_much_of_their_box_they_fill() -> None:
    def fill(shape: str) -> float:
        picture = render(scene("office", Character("red", shape).name, "waving", size=96), 2000).astype(int)
        rows, columns = np.nonzero(np.abs(picture - COLOURS["red"]).sum(axis=-1) < 90)
        return len(rows) / float(np.ptp(rows) + 1) / float(np.ptp(columns) + 1)

    assert fill("box") > 0.85 > fill("ball") > 0.65 > fill("cone") > 0.35


def test_the_clock_tells_the_second_and_the_minute() -> None:
    world = make_world("train", 0, 0, WorldSettings(length=1800, noise=0))
    half_past = render(world, (15 * 60 + 30) * SECOND)
    lit = half_past[-1].mean(axis=-1) > 200
    assert lit[:32].all()
    assert not lit[32:].any()
    orange = half_past[-3, :, 0] > 200
    assert abs(int(orange.sum()) - 33) <= 1
    silent = render(make_world("train", 0, 0, WorldSettings(length=1800, noise=0, clock=False)), 930 * SECOND)
    assert not (silent[-1].mean(axis=-1) > 200).any()


def test_noise_has_the_deviation_asked_for() -> None:
    rooms = [Stay("office", 0, 10 * SECOND)]
    kind = WorldSettings(length=10, noise=6, jitter=0, clock=False)
    world = World(split="train", seed=0, index=0, settings=kind, stays=tuple(rooms), visits=(), meetings=())
    pictures = render_all(world, range(0, 10000, 100)).astype(float)
    assert 5.5 < pictures.std(axis=0).mean() < 6.5


def test_the_camera_shakes() -> None:
    kind = WorldSettings(length=10, noise=0, jitter=1 / 32, clock=False)
    stays = (Stay("kitchen", 0, 10 * SECOND),)
    world = World(split="train", seed=0, index=0, settings=kind, stays=stays, visits=(), meetings=())
    assert len({picture.tobytes() for picture in render_all(world, range(0, 10000, 100))}) > 10
