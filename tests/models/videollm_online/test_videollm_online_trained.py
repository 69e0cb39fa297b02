"""The checkpoint that comes with the project, on worlds made here that it has not learned from."""

from functools import cache
from random import Random

import pytest
import torch

from vstreamqa.build.mini import World, WorldSettings, make_world
from vstreamqa.models.base import LoadRequest
from vstreamqa.models.shared.trained import trained_folder
from vstreamqa.models.videollm_online import VideoLLMOnline
from vstreamqa.models.videollm_online.adapter import DEMO_NAME
from vstreamqa.registry import recipe
from vstreamqa.training.tiny.footage import Pictures, watch
from vstreamqa.training.tiny.videollm_online.dialogues import frame_times
from vstreamqa.training.tiny.videollm_online.listening import Said, judge, listen, timing_clusters

SEED = 9001
SHORT = WorldSettings(length=24, size=96, noise=3.0)


@cache
def demo() -> VideoLLMOnline:
    torch.set_num_threads(1)
    options = recipe("videollm-online").under("demo").options
    return VideoLLMOnline.load(LoadRequest(checkpoint="demo", device="cpu", options=options))


@cache
def worlds() -> tuple[tuple[World, Pictures], ...]:
    made = [make_world("train", SEED, index, SHORT) for index in (0, 1)]
    return tuple((world, watch(world, frame_times(world), Random(index))) for index, world in enumerate(made))


@cache
def said(index: int) -> tuple[Said, ...]:
    return tuple(listen(demo(), *worlds()[index]))


def test_demo_is_the_trained_checkpoint_and_small() -> None:
    assert demo().checkpoint.id == DEMO_NAME
    files = [path for path in trained_folder(DEMO_NAME).rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) < 8_000_000


def test_it_speaks_when_somebody_comes_in_and_is_silent_otherwise() -> None:
    heard = [judge(world, said(index)) for index, (world, _) in enumerate(worlds())]
    assert sum(one.events for one in heard) >= 5
    assert timing_clusters(heard).accuracy > 0.8
    assert timing_clusters(heard, joint=True).accuracy > 0.6


@pytest.mark.parametrize("index", [0, 1])
def test_it_hardly_ever_speaks_without_an_event(index: int) -> None:
    world, _ = worlds()[index]
    heard = judge(world, said(index))
    assert heard.said <= heard.events + 1


def test_what_it_says_is_in_the_frames_and_nowhere_else() -> None:
    heard = [judge(world, said(1 - index)) for index, (world, _) in enumerate(worlds())]
    assert timing_clusters(heard, joint=True).accuracy < 0.3


def test_the_ordinary_path_loads_it_too() -> None:
    folder = str(trained_folder(DEMO_NAME))
    loaded = VideoLLMOnline.load(LoadRequest(checkpoint=folder, device="cpu", options={}))
    assert loaded.checkpoint.hash == demo().checkpoint.hash
