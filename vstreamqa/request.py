"""What an evaluation is asked for, with every name resolved and checked before a model is loaded."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any, cast, get_args

from vstreamqa.errors import UserError, suggestion
from vstreamqa.registry import MAX_FPS, Preset, Recipe, recipe
from vstreamqa.replay.controls import FLOORS, parse_control
from vstreamqa.resources import data_folder
from vstreamqa.runs.plan import Plan, Selection, make_plan
from vstreamqa.serving.urls import check_url
from vstreamqa.suites import load_suite
from vstreamqa.suites.base import SuiteConfig
from vstreamqa.video.source import ReaderName

_READERS: tuple[ReaderName, ...] = get_args(ReaderName)
_PRESETS: tuple[Preset, ...] = get_args(Preset)
_MOST = 2**53
_NUMBERS: tuple[tuple[str, Any, int, int], ...] = (
    ("fps", int | float, 0, MAX_FPS),
    ("rate", int | float, 0, MAX_FPS),
    ("limit", int, 0, _MOST),
    ("limit_streams", int, 0, _MOST),
    ("seed", int, -_MOST, _MOST),
    ("concurrency", int, 0, _MOST),
)
"""Field, type, and what it must be above and at most."""
_FOLDERS = ("video", "questions", "data", "out")


@dataclass(frozen=True, kw_only=True)
class EvalRequest:
    """What `vstreamqa eval` was asked for; the fields are its options.

    Attributes:
        model: name of a recipe.
        suites: `suite` or `suite/config` names; empty for the preset's own.
        preset: demo, released or paper; None to choose as the design says.
        checkpoint: "demo", a folder or a hub id, in place of the recipe's.
        video: a video of the user's own, with `questions`.
        questions: a questions file for `video`.
        rate: frames per second of `video` where it is a frame folder, an array or a feature file.
        data: folder of the suites.
        out: run folder; None for one named after task and model settings.
        fresh: throw away what the run folder holds.
        controls: controls to run beside the model.
        floors: none, cheap or all.
        fps: frame rate in place of the recipe's.
        limit: most questions of each config.
        limit_streams: most streams of each config.
        device: torch device or "auto".
        dtype: "auto", "float32", "float16" or "bfloat16".
        seed: source of all randomness.
        options: the adapter's own options (`--set`).
        reader: "pyav" or "decord".
        base_url: where the server of a served model is, http(s)://HOST[:PORT][/PATH].
        concurrency: most questions of one stream in flight together; changes no answer, only how long it takes.
        judge: who judges open answers, e.g. `openai:gpt-4o-mini`; None for the default one where it is at hand.
        judge_base_url: where the server of the judge is.
        judge_prompt: a file with another rubric for the judge, or `official`.
    """

    model: str
    suites: tuple[str, ...] = ()
    preset: str | None = None
    checkpoint: str | None = None
    video: Path | None = None
    questions: Path | None = None
    rate: float | None = None
    data: Path | None = None
    out: Path | None = None
    fresh: bool = False
    controls: tuple[str, ...] = ()
    floors: str = "cheap"
    fps: float | None = None
    limit: int | None = None
    limit_streams: int | None = None
    device: str = "auto"
    dtype: str = "auto"
    seed: int = 0
    options: Mapping[str, Any] = field(default_factory=dict)
    reader: str = "pyav"
    base_url: str | None = None
    concurrency: int = 1
    judge: str | None = None
    judge_base_url: str | None = None
    judge_prompt: str | None = None


def make_request(model: str, **fields: Any) -> EvalRequest:
    """Make a request from plain values: a path may be a string, and one name may stand for a tuple of names.

    Raises:
        UserError: a field that a request does not have.
    """
    known = [field.name for field in dataclasses.fields(EvalRequest)]
    for name, value in fields.items():
        if name not in known:
            raise UserError(f"evaluate() has no argument {name!r}{suggestion(name, known)}")
        if name in _FOLDERS and value is not None:
            fields[name] = Path(value)
        if name in ("suites", "controls"):
            fields[name] = (value,) if isinstance(value, str) else tuple(value)
    return EvalRequest(model=model, **fields)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A request whose names are all resolved and checked; no model is loaded yet."""

    request: EvalRequest
    preset: Preset
    recipe: Recipe
    configs: tuple[SuiteConfig, ...]
    plan: Plan

    @property
    def with_demo_checkpoint(self) -> bool:
        """Say whether the tiny checkpoint answers."""
        given = self.request.checkpoint
        return (self.recipe.checkpoint if given is None else given) == "demo"

    @property
    def with_random_checkpoint(self) -> bool:
        """Say whether a tiny checkpoint answers that was never trained; a model has one if it is checked with it."""
        check = self.recipe.check
        return self.request.checkpoint == "random" and check is not None and check.checkpoint == "random"


def prepare(request: EvalRequest) -> Prepared:
    """Resolve and check everything that can be checked without loading a model.

    Raises:
        UserError: a name, value or combination that cannot be run.
        MediaError: a video that cannot be opened.
    """
    _check_values(request)
    base = recipe(request.model)
    preset = choose_preset(request)
    chosen = base.under(preset)
    names = request.controls
    if not (names or request.suites or request.video or request.floors != "cheap"):
        names = base.controls(preset)
    controls = tuple(parse_control(name).name for name in names)
    configs = _load_configs(request, base, preset)
    plan = make_plan(
        configs,
        Selection(
            controls=controls, floors=FLOORS[request.floors], limit=request.limit, limit_streams=request.limit_streams
        ),
    )
    return Prepared(request, preset, chosen, configs, plan)


def _check_values(request: EvalRequest) -> None:
    if request.floors not in FLOORS:
        raise UserError(f"--floors {request.floors}: unknown{suggestion(request.floors, FLOORS)}")
    if request.preset is not None and request.preset not in _PRESETS:
        raise UserError(f"--preset {request.preset}: unknown{suggestion(request.preset, _PRESETS)}")
    _check_reader(request.reader)
    for option, url in (("--base-url", request.base_url), ("--judge-base-url", request.judge_base_url)):
        if url is not None:
            check_url(url, option)
    _check_numbers(request)
    if request.checkpoint == "":
        raise UserError("--checkpoint is empty; name a checkpoint, or leave the option out for the recipe's own")
    if (request.video is None) != (request.questions is None):
        there, absent = ("--video", "--questions") if request.questions is None else ("--questions", "--video")
        raise UserError(f"{there} needs {absent} beside it")
    if request.rate is not None and request.video is None:
        raise UserError("--rate is the frame rate of --video; give both or neither")
    if request.video is not None and request.suites:
        raise UserError("--video and --suite cannot be given together; evaluate them in two runs")


def _check_numbers(request: EvalRequest) -> None:
    for name, kind, least, most in _NUMBERS:
        value = getattr(request, name)
        if value is None:
            continue
        option = f"--{name.replace('_', '-')} {value}"
        if isinstance(value, bool) or not isinstance(value, kind):
            raise UserError(f"{option}: must be a {'whole ' if kind is int else ''}number")
        if not least < value <= most:
            raise UserError(f"{option}: must be above {least}, and at most {most}")


def _check_reader(name: str) -> None:
    if name not in _READERS:
        raise UserError(f"--reader {name}: unknown{suggestion(name, _READERS)}")
    if name == "decord" and find_spec("decord") is None:
        raise UserError("--reader decord: not installed; `pip install 'vstreamqa[decord]'`, or use --reader pyav")


def choose_preset(request: EvalRequest) -> Preset:
    """Return the preset: as named; demo when nothing else is named or the suite is mini; released otherwise."""
    if request.preset is not None:
        return cast(Preset, request.preset)
    named = request.suites or request.video or request.checkpoint not in (None, "demo")
    only_mini = bool(request.suites) and all(name.partition("/")[0] == "mini" for name in request.suites)
    return "demo" if not named or only_mini else "released"


def _load_configs(request: EvalRequest, base: Recipe, preset: Preset) -> tuple[SuiteConfig, ...]:
    if request.video is not None and request.questions is not None:
        from vstreamqa.suites.own import load_own

        return (load_own(request.video, request.questions, rate=request.rate),)
    names = request.suites or base.suites(preset)
    if not names:
        raise UserError(f"--preset {preset} needs a --suite, or --video with --questions; `vstreamqa list suites`")
    data = data_folder(request.data)
    configs = {(c.suite, c.config): c for name in names for c in load_suite(name, data)}
    return tuple(configs.values())
