"""Build the suite `mini` at a folder: the four configs that its name stands for, or the horizon."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from vstreamqa.build.assembling import BuildReport, Target, assemble
from vstreamqa.build.draft import Draft, Job
from vstreamqa.build.findings import Findings
from vstreamqa.build.mini.config import draft_config
from vstreamqa.build.mini.horizon import HORIZON_VERSION
from vstreamqa.build.mini.horizon.config import draft_horizon
from vstreamqa.build.mini.plans import CONFIGS, SEED, VERSION
from vstreamqa.build.mini.world import Split


def build_mini(out: Path, *, split: Split = "test", seed: int = SEED) -> BuildReport:
    """Film the worlds of the four configs and write the suite.

    Args:
        out: the suite's folder.
        split: `test` for the suite itself; `train` gives worlds that share no randomness with it.
        seed: of the family of worlds.

    Raises:
        UserError: the folder holds something else, or another build works on it.
        OSError: the disk is full, or the folder cannot be written to.
    """
    drafted = [draft_config(name, split, seed) for name in CONFIGS]
    return _assemble(out, drafted, f"seed {seed} of the split {split}, version {VERSION} of the world")


def build_horizon(out: Path, *, split: Split = "test", seed: int = SEED) -> BuildReport:
    """Film the worlds of the horizon and write a suite that holds it alone.

    Arguments and errors are those of `build_mini`.
    """
    version = f"version {VERSION} of the world and {HORIZON_VERSION} of the horizon"
    return _assemble(out, [draft_horizon(split, seed)], f"seed {seed} of the split {split}, {version}")


def _assemble(out: Path, drafted: Sequence[tuple[Draft, list[Job]]], made_from: str) -> BuildReport:
    target = Target(suite="mini", out=out, facts={"made from": made_from}, demo=True)
    return assemble(target, [draft for draft, _ in drafted], [job for _, jobs in drafted for job in jobs], Findings())
