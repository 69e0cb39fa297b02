"""The trained checkpoint that comes with the project, on worlds that neither its training nor the suite has."""

from __future__ import annotations

from functools import cache
from random import Random
from typing import Any

import pytest
from flash_vstream_tiny import say

from vstreamqa.build.mini import SECOND, Candidate, Moment, World, WorldSettings, make_world, render_all
from vstreamqa.build.mini.ask.action import action_past
from vstreamqa.build.mini.ask.event import appeared
from vstreamqa.build.mini.ask.scene import room_now
from vstreamqa.models.base import FrameBatch, LoadRequest, Session, StreamInfo
from vstreamqa.models.flash_vstream import FlashVStream

SEED, LENGTH = 987_654, 40
WORLDS = 6


@cache
def trained(**options: Any) -> FlashVStream:
    return FlashVStream.load(LoadRequest(checkpoint="demo", device="cpu", options=options))


def world(number: int) -> World:
    return make_world("train", SEED, number, WorldSettings(length=LENGTH, size=96, noise=3.0))


def watched(model: FlashVStream, number: int) -> Session:
    session = model.open(StreamInfo(unit="second", fps=1.0, seed=number))
    times = tuple(second * SECOND for second in range(LENGTH + 1))
    session.watch(FrameBatch(positions=times, frames=render_all(world(number), times)))
    return session


def questions(number: int) -> list[Candidate]:
    """Return as many questions that are answered with yes as with no, and others with answers that differ."""
    now, chance = Moment(world(number), LENGTH * SECOND), Random(number)
    judged = list(appeared(now))
    chance.shuffle(judged)
    yes, no = ([one for one in judged if one.answer == answer][:2] for answer in ("Yes", "No"))
    past = list(action_past(now))
    return [*yes, *no, *chance.sample(past, min(3, len(past))), *room_now(now)]


def share_right(model: FlashVStream, *, shift: int = 0) -> float:
    right = []
    for number in range(WORLDS):
        session = watched(model, (number + shift) % WORLDS)
        right += [say(session, one.text, 8) == one.answer for one in questions(number)]
    assert len(right) > 30
    return sum(right) / len(right)


def test_it_answers_from_the_stream() -> None:
    assert trained().checkpoint.id == "flash-vstream-mini"
    assert share_right(trained()) > 0.85


def test_another_video_destroys_its_answers() -> None:
    assert share_right(trained(), shift=1) < 0.6


@pytest.mark.parametrize("memory", ["official", "repaired"])
def test_what_has_left_the_screen_is_in_the_temporal_memory(memory: str) -> None:
    assert share_right(trained(memory=memory)) > share_right(trained(memory=memory, temporal="off")) + 0.1


def test_nothing_seen_is_answered_from_the_words_alone() -> None:
    session = trained().open(StreamInfo(unit="second", fps=1.0, seed=0))
    answers = {say(session, one.text, 8) for number in range(WORLDS) for one in questions(number)}
    assert answers <= {"Yes", "No", "running", "jumping", "spinning", "waving"} | {
        "kitchen",
        "garden",
        "office",
        "library",
        "garage",
        "bathroom",
    }
