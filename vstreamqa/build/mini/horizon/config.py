"""Draft the config `horizon`: its annotations, and the jobs that film it."""

from __future__ import annotations

from fractions import Fraction

from vstreamqa.build.draft import Draft, Job
from vstreamqa.build.mini.config import show, whole_draft
from vstreamqa.build.mini.filming import film_job
from vstreamqa.build.mini.horizon import HORIZON, HORIZON_VERSION
from vstreamqa.build.mini.horizon.layout import make_horizon_world
from vstreamqa.build.mini.horizon.questions import ask, plan_items
from vstreamqa.build.mini.horizon.roles import deal_roles
from vstreamqa.build.mini.randomness import draws
from vstreamqa.build.mini.world import Split, World

RATE = Fraction(2)
"""Frames a second: half an hour is long, and once a second is enough to look."""


def horizon_worlds(split: Split, seed: int) -> list[World]:
    """Make the worlds of all streams."""
    return [make_horizon_world(split, seed, number, roles) for number, roles in enumerate(deal_roles(split, seed))]


def draft_horizon(split: Split, seed: int) -> tuple[Draft, list[Job]]:
    """Draft the config.

    Args:
        split: `test` for the suite itself; `train` gives worlds that share no randomness with it.
        seed: of the family of worlds.
    """
    worlds = horizon_worlds(split, seed)
    items = plan_items(worlds, deal_roles(split, seed), draws(split, seed, HORIZON, "choose"))
    streams = [show(world, HORIZON, number) for number, world in enumerate(worlds)]
    asked = (ask(items[n], world, n, stream) for n, (world, stream) in enumerate(zip(worlds, streams, strict=True)))
    draft = whole_draft(HORIZON, streams, [question for some in asked for question in some])
    note = f" of version {HORIZON_VERSION} at {RATE} a second"
    return draft, [film_job(world, stream, RATE, note) for world, stream in zip(worlds, streams, strict=True)]
