"""Which configs of the suite are built together, at one folder; another group is made only when it is asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from vstreamqa.build.draft import Draft, Job
from vstreamqa.build.mini.config import draft_config
from vstreamqa.build.mini.horizon import HORIZON, HORIZON_VERSION
from vstreamqa.build.mini.horizon.config import draft_horizon
from vstreamqa.build.mini.narration import NARRATION, draft_narration
from vstreamqa.build.mini.plans import CONFIGS, VERSION
from vstreamqa.build.mini.world import Split

USUAL = "vstream-qa"
"""The group that the suite's name alone stands for."""

GROUPS: Mapping[str, Mapping[str, Callable[[Split, int], tuple[Draft, list[Job]]]]] = {
    USUAL: {name: partial(draft_config, name) for name in CONFIGS},
    NARRATION: {NARRATION: draft_narration},
    HORIZON: {HORIZON: draft_horizon},
}
"""Group to its configs, and to what drafts each from a split and a seed."""

GROUP_OF: Mapping[str, str] = {config: group for group, configs in GROUPS.items() for config in configs}
"""Config to the group it is built in."""

EDITIONS: Mapping[str, str] = {
    **dict.fromkeys(GROUPS, str(VERSION)),
    HORIZON: f"{VERSION}.{HORIZON_VERSION}",
}
"""Group to the version of what it shows; with another one it is made anew."""
