"""The mini world: made-up footage with questions whose answers are exact, for trying everything without a download.

Six rooms, twelve characters, four actions. A world is a timeline (`make_world`), pictures of it can be taken at any
moment (`render`, `render_all`), and whatever can be asked at a moment comes with its answer and its evidence (`KINDS`,
`Moment`). The suite `mini` is made of worlds of the split `test`; those of the split `train` share no draw with them.
"""

from __future__ import annotations

from vstreamqa.build.mini.ask.candidate import Candidate
from vstreamqa.build.mini.ask.choose import Chosen, Quota, Slot, choose
from vstreamqa.build.mini.ask.kinds import KINDS, Kind
from vstreamqa.build.mini.ask.moment import Moment
from vstreamqa.build.mini.config import draft_config
from vstreamqa.build.mini.layout import make_world
from vstreamqa.build.mini.names import ACTIONS, CHARACTERS, COLOURS, ROOMS, SHAPES, Character
from vstreamqa.build.mini.plans import CONFIGS, ConfigPlan
from vstreamqa.build.mini.render import render, render_all
from vstreamqa.build.mini.world import SECOND, Meeting, Split, Stay, Visit, World, WorldSettings

__all__ = [
    "ACTIONS",
    "CHARACTERS",
    "COLOURS",
    "CONFIGS",
    "KINDS",
    "ROOMS",
    "SECOND",
    "SHAPES",
    "Candidate",
    "Character",
    "Chosen",
    "ConfigPlan",
    "Kind",
    "Meeting",
    "Moment",
    "Quota",
    "Slot",
    "Split",
    "Stay",
    "Visit",
    "World",
    "WorldSettings",
    "choose",
    "draft_config",
    "make_world",
    "render",
    "render_all",
]
