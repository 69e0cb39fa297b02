"""The training itself, at minute size: that it learns, and that what it writes loads as a released checkpoint does."""

from pathlib import Path
from random import Random

import numpy as np
import pytest
import torch
from torch import Tensor

from vstreamqa.build.mini import CHARACTERS, WorldSettings, make_world
from vstreamqa.models.base import FrameBatch, LoadRequest, StreamInfo
from vstreamqa.models.videollm_online import VideoLLMOnline
from vstreamqa.training.tiny.doings import DOINGS, doing
from vstreamqa.training.tiny.videollm_online.course import Course, Stage
from vstreamqa.training.tiny.videollm_online.dialogues import Habits, frame_times
from vstreamqa.training.tiny.videollm_online.figures import FIRST_HELD_OUT, held_out
from vstreamqa.training.tiny.videollm_online.footage import Footage, take_footage
from vstreamqa.training.tiny.videollm_online.recipe import Recipe, train
from vstreamqa.training.tiny.videollm_online.sightings import NOBODY, is_whole, sightings
from vstreamqa.training.tiny.videollm_online.tower import FIRST_WORLD

SECONDS = WorldSettings(length=30)
FEW = Habits(moments=1, questions=1)
STAGES = (
    Stage(lengths=(4, 6), worlds=2, first_world=200_000, begins=0.0, dialogues=1, habits=FEW),
    Stage(lengths=(9, 12), worlds=1, first_world=0, begins=0.5, dialogues=1, habits=FEW),
)
MINUTE = Recipe(tower_steps=3, tower_batch=8, course=Course(stages=STAGES, steps=12))


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    torch.set_num_threads(1)
    told: list[str] = []
    out = tmp_path_factory.mktemp("trained") / "checkpoint"
    train(out, seed=3, recipe=MINUTE, tell=told.append)
    return out, told


def test_losses_fall(trained: tuple[Path, list[str]]) -> None:
    _, told = trained
    losses = [float(line.rsplit(" ", 1)[-1]) for line in told if line.startswith("dialogues")]
    assert losses[-1] < losses[0] / 2


def test_what_is_written_loads_through_the_ordinary_path(trained: tuple[Path, list[str]]) -> None:
    model = VideoLLMOnline.load(LoadRequest(checkpoint=str(trained[0]), device="cpu", options={"queries": "repaired"}))
    session = model.open(StreamInfo(unit="second", fps=2.0, seed=0))
    session.watch(FrameBatch(positions=(0,), frames=np.zeros((1, 96, 96, 3), np.uint8)))
    session.close()


def test_what_is_measured_on_is_a_training_world_that_nothing_learns_from() -> None:
    learned = [stage.first_world + stage.worlds for stage in Recipe().course.stages]
    assert max(learned) <= FIRST_HELD_OUT < FIRST_WORLD
    (shown,) = held_out(1)
    assert (shown.world.split, shown.number) == ("train", FIRST_HELD_OUT)
    assert len(shown.pictures) == len(frame_times(shown.world))


def test_stages_come_in_turn_and_later_ones_go_back_now_and_then() -> None:
    course, chance = Course(stages=STAGES, steps=100, back=0.25), Random(0)
    assert {course.stage(step, chance) for step in range(50)} == {0}
    later = [course.stage(step, chance) for step in range(50, 100)]
    assert 2 <= later.count(0) <= 25


def test_a_frame_shows_who_is_fully_in_view_and_its_patches_show_where() -> None:
    world = make_world("train", 4, 0, SECONDS)
    visit = world.visits[0]
    settled, coming = visit.settled[0] + 200, visit.enter + 150
    shown = sightings(world, [settled, coming], side=8)
    assert is_whole(visit, settled)
    assert not is_whole(visit, coming)
    assert shown.doings[0, doing(visit)] == 1
    assert shown.doings[1].sum() == 0
    assert shown.names[:, list(CHARACTERS).index(visit.who)].tolist() == [1, 1]
    assert doing(visit) in shown.patch_doings[0]
    assert set(shown.patch_doings[1].tolist()) <= {NOBODY, DOINGS}


def test_footage_has_a_row_of_tokens_for_every_frame() -> None:
    class Eye:
        """Stands for a network: it sees nothing but how bright a frame is."""

        class tower:  # noqa: N801  # an attribute of the network
            image_size = 96

        def frame_tokens(self, pixels: Tensor) -> Tensor:
            return pixels.float().mean(dim=(1, 2, 3))[:, None, None]

    (one,) = take_footage(Eye(), 3, range(1))  # type: ignore[arg-type]
    assert isinstance(one, Footage)
    step = 1000 if one.world.settings.unit == "keyframe" else 500
    assert one.features.shape == (one.world.settings.duration // step, 1, 1)
