from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import pytest

from vstreamqa.build.mini import SECOND, make_world
from vstreamqa.build.mini.load import FIRST_INDEX, Load, build_load
from vstreamqa.build.mini.world import WorldSettings
from vstreamqa.errors import UserError
from vstreamqa.suites import load_suite
from vstreamqa.suites.base import SuiteConfig


def build(folder: Path, load: Load, name: str = "heavy") -> SuiteConfig:
    assert build_load(name, load, folder / name).written
    (config,) = load_suite(f"{name}/load", folder / name)
    return config


@pytest.mark.parametrize(
    "load",
    [Load(length=25, rate=12.5), Load(length=20, unit="keyframe", streams=2, size=64)],
)
def test_the_same_seed_gives_the_same_questions_and_pictures(load: Load, tmp_path: Path) -> None:
    first, again = build(tmp_path / "one", load), build(tmp_path / "two", load)
    assert first.questions == again.questions
    assert first.data_hash == again.data_hash
    assert len(first.streams) == load.streams
    assert {stream.unit for stream in first.streams} == {load.unit}
    assert {stream.end for stream in first.streams} == {load.length if load.unit == "second" else load.length - 1}
    assert 10 * load.streams <= len(first.questions) <= load.questions * load.streams


def test_a_rate_that_is_no_whole_number_is_met(tmp_path: Path) -> None:
    config = build(tmp_path, Load(length=20, rate=29.97))
    with av.open(str(config.root / config.streams[0].media.path)) as container:
        video = container.streams.video[0]
        assert (video.average_rate, video.frames) == (Fraction(2997, 100), 600)


@pytest.mark.parametrize(
    ("load", "message"),
    [
        (Load(length=3), "--length 3: must be from 20 to 86400"),
        (Load(length=20, questions=3), "--questions 3: must be from 20 to 1000"),
        (Load(length=20, rate=0.5), "--rate 0.5: must be from 1 to 240"),
        (Load(length=20, unit="shots"), "--unit shots: unknown"),
        (Load(length=20, unit="keyframe", rate=8), "--rate 8: keyframes have none"),
        (Load(length=20, size=33), "--size 33: must be even"),
    ],
)
def test_what_cannot_be_built_is_said_in_one_line(load: Load, message: str, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=message):
        build_load("heavy", load, tmp_path / "heavy")


def test_a_name_that_is_taken_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="'mini' is the name of a suite"):
        build_load("mini", Load(length=20), tmp_path / "mini")


@pytest.mark.parametrize("unit", ["second", "keyframe"])
def test_a_world_of_two_hours_is_whole(unit: str) -> None:
    settings = WorldSettings(length=7200, unit="keyframe" if unit == "keyframe" else "second")
    world = make_world("test", 1, FIRST_INDEX, settings)
    assert world.stays[-1].end == 7200 * SECOND
    assert len(world.visits) > 600
    assert make_world("test", 1, FIRST_INDEX, settings) == world
