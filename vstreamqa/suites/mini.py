"""The suite `mini`: a made-up world for demonstration, made on demand.

Four configs have the shape of VStream-QA and are what `mini` means; the others have to be named. `horizon` asks the
same questions again while what answers them grows old, and takes hours of video to watch; `narration` is to be spoken
unasked.
"""

from __future__ import annotations

import hashlib
from functools import partial
from pathlib import Path

from vstreamqa.atomic import build_once
from vstreamqa.build.mini import World, WorldSettings, make_world
from vstreamqa.build.mini.groups import EDITIONS, GROUP_OF, GROUPS, USUAL
from vstreamqa.build.mini.plans import SEED
from vstreamqa.errors import UserError, suggestion
from vstreamqa.suites.base import SuiteConfig
from vstreamqa.suites.built import load_built


class MiniSuite:
    """Four configs of made-up footage, named as those of VStream-QA are, and others that are made when they are named.

    Attributes:
        name: `mini`.
        summary: one line for a list of suites.
        configs: names of all configs.
        only_named: those beside the four, which the suite's name alone does not stand for.
    """

    name = "mini"
    summary = "a made-up world of rooms and characters, made on demand: for demonstration, not a benchmark"
    configs = tuple(GROUP_OF)
    only_named = tuple(config for config in GROUP_OF if config not in GROUPS[USUAL])

    def load(self, config: str, data: Path) -> SuiteConfig:
        """Read a config below the data folder, after making it, and those made with it, if it is not there.

        Raises:
            UserError: there is no such config, the data folder cannot be written to, or what is there is damaged.
        """
        if config not in self.configs:
            raise UserError(f"suite 'mini' has no config {config!r}{suggestion(config, self.configs)}")
        group = GROUP_OF[config]
        root = build_once(self._folder(data, group), partial(_build, group))
        try:
            return load_built(root, config)
        except UserError as error:
            raise UserError(f"{root}: damaged ({error}); delete the folder, and it is made again") from error

    def _folder(self, data: Path, group: str) -> Path:
        edition = hashlib.sha256(f"{EDITIONS[group]}/{SEED}".encode()).hexdigest()[:12]
        return data / self.name / (edition if group == USUAL else f"{group}-{edition}")


SUITE = MiniSuite()


def _build(group: str, folder: Path) -> None:
    # What writes video is imported only where some is to be written.
    from vstreamqa.build.mini.suite import build_mini

    build_mini(folder, group=group)


def train_world(seed: int, index: int, settings: WorldSettings) -> World:
    """Make a world to train on; it shares no draw with any world of the suite, whatever the seed."""
    return make_world("train", seed, index, settings)
