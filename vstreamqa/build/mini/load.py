"""Build a suite of worlds of any length and rate, to put load on a model."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Literal

from vstreamqa.build.assembling import BuildReport, Target, assemble
from vstreamqa.build.findings import Findings
from vstreamqa.build.mini.ask.choose import Quota
from vstreamqa.build.mini.config import draft_plan
from vstreamqa.build.mini.plans import SEED, VERSION, ConfigPlan
from vstreamqa.build.questions import check_name
from vstreamqa.errors import UserError, suggestion

CONFIG = "load"
FIRST_INDEX = 100_000
"""Index of the first world; no config of the suite `mini` has it."""

_UNITS: tuple[str, ...] = ("second", "keyframe")
_SHORTEST, _LONGEST = 20, 86_400
_FEWEST, _MOST = 20, 1000
"""Below the fewest, most kinds of questions would have no share."""
_USUAL, _FASTEST = 8.0, 240
_SMALLEST, _LARGEST = 16, 2048
_MOST_STREAMS = 10_000
_TOGETHER = 4
"""Questions at one moment, on average."""
_FINEST = 1001
"""Denominator of the finest rate: that of NTSC."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What is built.

    Attributes:
        length: seconds, or keyframes, of each stream.
        unit: `second` makes video files, `keyframe` folders of images.
        rate: frames per second of a video file, 8 unless given; None for keyframes.
        streams: number of streams.
        questions: of each stream, at most.
        size: edge of the square picture, pixels.
        seed: of the family of worlds; the same one gives the same questions and decoded pictures.
    """

    length: int
    unit: str = "second"
    rate: float | None = None
    streams: int = 1
    questions: int = 20
    size: int = 96
    seed: int = SEED


def build_load(name: str, load: Load, out: Path) -> BuildReport:
    """Film worlds and write a suite with the single config `load`.

    Args:
        name: of the suite.
        load: what is built.
        out: the suite's folder.

    Raises:
        UserError: a value cannot be, or the folder holds something else, or another build works on it.
        OSError: the disk is full, or the folder cannot be written to.
    """
    check_name(name)
    plan, rate = _plan(load), _rate(load)
    shown = f"{load.length} {load.unit}s, {load.size} x {load.size}"
    if rate is not None:
        shown += f", {rate} frames a second"
    draft, jobs = draft_plan(plan, "test", load.seed, rate, f": {shown}")
    made_from = f"seed {load.seed} of the split test, version {VERSION} of the world"
    facts = {"made from": made_from, "worlds": shown}
    return assemble(Target(suite=name, out=out, facts=facts, demo=True), [draft], jobs, Findings())


def _plan(load: Load) -> ConfigPlan:
    if load.unit not in _UNITS:
        raise UserError(f"--unit {load.unit}: unknown{suggestion(load.unit, _UNITS)}")
    _check("--length", load.length, _SHORTEST, _LONGEST)
    _check("--streams", load.streams, 1, _MOST_STREAMS)
    _check("--questions", load.questions, _FEWEST, _MOST)
    _check("--size", load.size, _SMALLEST, _LARGEST)
    if load.size % 2:
        raise UserError(f"--size {load.size}: must be even, for the encoder")
    unit: Literal["second", "keyframe"] = "keyframe" if load.unit == "keyframe" else "second"
    return ConfigPlan(
        name=CONFIG,
        unit=unit,
        first_index=FIRST_INDEX,
        streams=load.streams,
        lengths=(load.length,),
        moments=_moments(load),
        quota=Quota(stream=load.questions, moment=_TOGETHER + 1),
        size=load.size,
    )


def _rate(load: Load) -> Fraction | None:
    if load.unit == "keyframe":
        if load.rate is not None:
            raise UserError(f"--rate {load.rate}: keyframes have none; leave the option out, or give --unit second")
        return None
    rate = _USUAL if load.rate is None else load.rate
    _check("--rate", rate, 1, _FASTEST)
    return Fraction(rate).limit_denominator(_FINEST)


def _moments(load: Load) -> int:
    # Each lies up to four seconds before it is due, so that there must be more than that between two.
    return max(2, min(-(-load.questions // _TOGETHER), load.length // 5))


def _check(option: str, value: float, least: int, most: int) -> None:
    if not least <= value <= most:
        raise UserError(f"{option} {value}: must be from {least} to {most}")
