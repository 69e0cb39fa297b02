"""Build one group of the configs of `mini` at a folder."""

from __future__ import annotations

from pathlib import Path

from vstreamqa.build.assembling import BuildReport, Target, assemble
from vstreamqa.build.findings import Findings
from vstreamqa.build.mini.groups import EDITIONS, GROUPS, USUAL
from vstreamqa.build.mini.plans import SEED
from vstreamqa.build.mini.world import Split


def build_mini(
    out: Path, *, group: str = USUAL, split: Split = "test", seed: int = SEED, name: str = "mini"
) -> BuildReport:
    """Film the worlds of the configs of a group and write the suite.

    Args:
        out: the suite's folder.
        group: one of `GROUPS`.
        split: `test` for the suite itself; `train` gives worlds that share no randomness with it.
        seed: of the family of worlds.
        name: of the suite, if the worlds are not those of `mini`.

    Raises:
        UserError: the folder holds something else, or another build works on it.
        OSError: the disk is full, or the folder cannot be written to.
    """
    drafted = [draft(split, seed) for draft in GROUPS[group].values()]
    facts = {"made from": f"seed {seed} of the split {split}, version {EDITIONS[group]} of the world"}
    target = Target(suite=name, out=out, facts=facts, demo=True)
    return assemble(target, [draft for draft, _ in drafted], [job for _, jobs in drafted for job in jobs], Findings())
