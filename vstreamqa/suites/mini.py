"""The suite `mini`: a made-up world for demonstration, with the shape of VStream-QA, made on demand."""

from __future__ import annotations

import hashlib
from pathlib import Path

import msgspec

from vstreamqa.atomic import build_once
from vstreamqa.build.mini import CONFIGS, World, WorldSettings, make_world, write_config
from vstreamqa.build.mini.config import DIGESTS, QUESTIONS, STREAMS, read_annotations
from vstreamqa.errors import UserError, suggestion
from vstreamqa.suites.base import SuiteConfig
from vstreamqa.suites.check import check_config

VERSION = 1
"""Raised whenever the same seed would give other annotations or pictures."""
SEED = 20240612
"""Of the worlds the suite shows."""


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
        """Read a config below the data folder, after making it if it is not there.

        Raises:
            UserError: there is no such config, the data folder cannot be written to, or what is there is damaged.
        """
        if config not in self.configs:
            raise UserError(f"suite 'mini' has no config {config!r}{suggestion(config, self.configs)}")
        folder = self._folder(config, data)
        build_once(folder, lambda empty: write_config(config, "test", SEED, empty))
        return _read(config, folder)

    def _folder(self, config: str, data: Path) -> Path:
        edition = hashlib.sha256(f"{VERSION}/{SEED}".encode()).hexdigest()[:12]
        return data / self.name / edition / config


SUITE = MiniSuite()


def train_world(seed: int, index: int, settings: WorldSettings) -> World:
    """Make a world to train on; it shares no draw with any world of the suite, whatever the seed."""
    return make_world("train", seed, index, settings)


def _read(config: str, folder: Path) -> SuiteConfig:
    try:
        streams, questions = read_annotations(folder)
        files = [(folder / name).read_bytes() for name in (STREAMS, QUESTIONS, DIGESTS)]
    except (OSError, msgspec.MsgspecError) as error:
        raise UserError(f"{folder}: damaged ({error}); delete the folder, and it is made again") from error
    # The digests stand for the decoded media, which were read once when they were made.
    read = SuiteConfig(
        suite=SUITE.name,
        config=config,
        root=folder,
        streams=streams,
        questions=questions,
        data_hash=hashlib.sha256(b"\x1f".join(files)).hexdigest()[:16],
        demo=True,
        closed=True,
    )
    check_config(read, folder / QUESTIONS)
    return read
