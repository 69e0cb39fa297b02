"""The suite `mini`: a made-up world for demonstration, made on demand.

Four configs have the shape of VStream-QA and are what `mini` means; the fifth, `horizon`, asks the same questions again
while what answers them grows old. It takes hours of video to watch, so it has to be named.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from vstreamqa.atomic import build_once
from vstreamqa.build.mini import CONFIGS, World, WorldSettings, make_world
from vstreamqa.build.mini.horizon import HORIZON, HORIZON_VERSION
from vstreamqa.build.mini.plans import SEED, VERSION
from vstreamqa.errors import UserError, suggestion
from vstreamqa.suites.base import SuiteConfig
from vstreamqa.suites.built import load_built


class MiniSuite:
    """Four configs of made-up footage, named as those of VStream-QA are, and the horizon.

    Attributes:
        name: `mini`.
        summary: one line for a list of suites.
        configs: names of the configs.
        only_named: the horizon, which is made and loaded only when it is named.
    """

    name = "mini"
    summary = "a made-up world of rooms and characters, made on demand: for demonstration, not a benchmark"
    configs = (*CONFIGS, HORIZON)
    only_named = (HORIZON,)

    def load(self, config: str, data: Path) -> SuiteConfig:
        """Read a config below the data folder, after making it (the four together) if it is not there.

        Raises:
            UserError: there is no such config, the data folder cannot be written to, or what is there is damaged.
        """
        if config not in self.configs:
            raise UserError(f"suite 'mini' has no config {config!r}{suggestion(config, self.configs)}")
        root = self._made(config, data)
        try:
            return load_built(root, config)
        except UserError as error:
            raise UserError(f"{root}: damaged ({error}); delete the folder, and it is made again") from error

    def _made(self, config: str, data: Path) -> Path:
        folder = data / self.name
        if config == HORIZON:
            return build_once(folder / f"{HORIZON}-{_edition(f'{VERSION}.{HORIZON_VERSION}')}", _build_horizon)
        return build_once(folder / _edition(str(VERSION)), _build)


SUITE = MiniSuite()


def _build(folder: Path) -> None:
    # What writes video is imported only where some is to be written.
    from vstreamqa.build.mini.suite import build_mini

    build_mini(folder)


def _build_horizon(folder: Path) -> None:
    from vstreamqa.build.mini.suite import build_horizon

    build_horizon(folder)


def _edition(version: str) -> str:
    return hashlib.sha256(f"{version}/{SEED}".encode()).hexdigest()[:12]


def train_world(seed: int, index: int, settings: WorldSettings) -> World:
    """Make a world to train on; it shares no draw with any world of the suite, whatever the seed."""
    return make_world("train", seed, index, settings)
