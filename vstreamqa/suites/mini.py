"""The suite `mini`: a made-up world for demonstration, with the shape of VStream-QA, made on demand."""

from __future__ import annotations

import hashlib
from pathlib import Path

from vstreamqa.atomic import build_once
from vstreamqa.build.mini import CONFIGS, World, WorldSettings, make_world
from vstreamqa.build.mini.plans import SEED, VERSION
from vstreamqa.errors import UserError, suggestion
from vstreamqa.suites.base import SuiteConfig
from vstreamqa.suites.built import load_built


class MiniSuite:
    """Four configs of made-up footage, named as those of VStream-QA are.

    Attributes:
        name: `mini`.
        summary: one line for a list of suites.
        configs: names of the configs.
    """

    name = "mini"
    summary = "a made-up world of rooms and characters, made on demand: for demonstration, not a benchmark"
    configs = tuple(CONFIGS)

    def load(self, config: str, data: Path) -> SuiteConfig:
        """Read a config below the data folder, after making the suite if it is not there.

        Raises:
            UserError: there is no such config, the data folder cannot be written to, or what is there is damaged.
        """
        if config not in self.configs:
            raise UserError(f"suite 'mini' has no config {config!r}{suggestion(config, self.configs)}")
        root = build_once(self._folder(data), _build)
        try:
            return load_built(root, config)
        except UserError as error:
            raise UserError(f"{root}: damaged ({error}); delete the folder, and it is made again") from error

    def _folder(self, data: Path) -> Path:
        edition = hashlib.sha256(f"{VERSION}/{SEED}".encode()).hexdigest()[:12]
        return data / self.name / edition


SUITE = MiniSuite()


def _build(folder: Path) -> None:
    # What writes video is imported only where some is to be written.
    from vstreamqa.build.mini.suite import build_mini

    build_mini(folder)


def train_world(seed: int, index: int, settings: WorldSettings) -> World:
    """Make a world to train on; it shares no draw with any world of the suite, whatever the seed."""
    return make_world("train", seed, index, settings)
