"""One evaluation from names to figures: suites, plan, model, replay, scoring, table."""

from __future__ import annotations

import dataclasses
import shlex
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast, get_args

import msgspec

from vstreamqa.errors import UserError, suggestion
from vstreamqa.hashing import spec_hash
from vstreamqa.prompts import prompt_policy
from vstreamqa.registry import Preset, Recipe, load, recipe
from vstreamqa.replay.clock import CLOCK
from vstreamqa.replay.controls import FLOORS, parse_control
from vstreamqa.resources import data_folder
from vstreamqa.results import Results, score_run_folder
from vstreamqa.runs.folder import RunFolder
from vstreamqa.runs.plan import Plan, Selection, make_plan, task_spec
from vstreamqa.runs.provenance import git_state, hardware, versions
from vstreamqa.schema import Manifest, Stream, to_position
from vstreamqa.scoring.spec import ScoringSpec
from vstreamqa.suites import load_suite
from vstreamqa.suites.base import SuiteConfig
from vstreamqa.video.source import ReaderName

if TYPE_CHECKING:
    from vstreamqa.models.base import StreamingModel
    from vstreamqa.replay.source import FrameSource

DEFAULT_RUNS = Path("runs")
_READERS: tuple[ReaderName, ...] = get_args(ReaderName)
_PRESETS: tuple[Preset, ...] = get_args(Preset)
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
        return (self.request.checkpoint or self.recipe.checkpoint) == "demo"


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
    controls = tuple(parse_control(name).name for name in request.controls)
    configs = _load_configs(request, preset)
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
    for name in ("fps", "rate", "limit", "limit_streams"):
        value = getattr(request, name)
        if value is not None and not value > 0:
            raise UserError(f"--{name.replace('_', '-')} {value}: must be above 0")
    if (request.video is None) != (request.questions is None):
        there, absent = ("--video", "--questions") if request.questions is None else ("--questions", "--video")
        raise UserError(f"{there} needs {absent} beside it")
    if request.rate is not None and request.video is None:
        raise UserError("--rate is the frame rate of --video; give both or neither")
    if request.video is not None and request.suites:
        raise UserError("--video and --suite cannot be given together; evaluate them in two runs")


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


def _load_configs(request: EvalRequest, preset: Preset) -> tuple[SuiteConfig, ...]:
    if request.video is not None and request.questions is not None:
        from vstreamqa.suites.own import load_own

        return (load_own(request.video, request.questions, rate=request.rate),)
    names = request.suites or (("mini",) if preset == "demo" else ())
    if not names:
        raise UserError(f"--preset {preset} needs a --suite, or --video with --questions; `vstreamqa list suites`")
    data = data_folder(request.data)
    configs = {(c.suite, c.config): c for name in names for c in load_suite(name, data)}
    return tuple(configs.values())


def evaluate(request: EvalRequest) -> Results:
    """Run an evaluation, or go on with one: load the model, play every stream, score, summarise.

    Returns:
        What the run came to; `Results.exit_code` is 1 if a planned question has no answer.
    """
    prepared = prepare(request)
    chosen = prepared.recipe
    model, options = load(
        chosen,
        checkpoint=request.checkpoint,
        device=request.device,
        dtype=request.dtype,
        fps=request.fps,
        options=request.options,
    )
    _check_media(prepared, model)
    manifest = _manifest(prepared, model, options)
    path = request.out or DEFAULT_RUNS / f"{chosen.name}-{manifest.run_id}"
    with RunFolder(path, manifest, prepared.plan.rows, fresh=request.fresh) as folder:
        _play(prepared, model, folder, manifest.run_id)
    return score_run_folder(path)


def _check_media(prepared: Prepared, model: StreamingModel) -> None:
    for row in prepared.plan.rows:
        kind = row.stream.media.kind
        takes = model.input.takes_features is not None if kind == "features" else model.input.takes_frames
        if not takes:
            raise UserError(
                f"{row.suite}/{row.config}: stream {row.stream.stream_id!r} is {kind}, which model "
                f"{prepared.recipe.name!r} does not take; choose another suite or model"
            )


def _play(prepared: Prepared, model: StreamingModel, folder: RunFolder, run_id: str) -> None:
    from vstreamqa.engines.local import run_plan
    from vstreamqa.replay.memory import reset_peaks
    from vstreamqa.replay.replayer import ReplaySettings

    reset_peaks()
    run_plan(
        folder,
        model,
        _opener(prepared, model),
        ReplaySettings(
            run_id=run_id,
            seed=prepared.request.seed,
            fps=model.input.fps,
            max_new_tokens=prepared.recipe.decoding.max_new_tokens,
            render=prompt_policy(prepared.recipe.prompt).render,
        ),
    )


def _opener(prepared: Prepared, model: StreamingModel) -> Callable[[str, str, Stream], FrameSource]:
    from vstreamqa.video import Resize, open_frames

    roots = {(config.suite, config.config): config.root for config in prepared.configs}
    spec = model.input
    resize = None if spec.size is None else Resize(spec.size, spec.fit, spec.filter)

    def open_stream(suite: str, config: str, stream: Stream) -> FrameSource:
        return open_frames(
            stream.media,
            roots[suite, config],
            unit=stream.unit,
            fps=spec.fps,
            start=to_position(stream.start, stream.unit),
            end=to_position(stream.end, stream.unit),
            resize=resize,
            reader=cast("ReaderName", prepared.request.reader),
        )

    return open_stream


def _manifest(prepared: Prepared, model: StreamingModel, options: Mapping[str, Any]) -> Manifest:
    request, chosen = prepared.request, prepared.recipe
    task = task_spec(prepared.plan.rows, prepared.configs, prompt=prompt_policy(chosen.prompt).spec(), clock=CLOCK)
    settings = _model_settings(prepared, model, options)
    scoring = ScoringSpec()
    task_hash, model_hash = spec_hash(task), spec_hash(settings)
    return Manifest(
        run_id=f"{task_hash[:8]}-{model_hash[:8]}",
        created_at=datetime.now(UTC).isoformat(timespec="seconds"),
        command=shlex.join(["vstreamqa", *sys.argv[1:]]),
        task=task,
        task_hash=task_hash,
        model=settings,
        model_hash=model_hash,
        scoring=msgspec.to_builtins(scoring),
        scoring_hash=scoring.hash,
        seed=request.seed,
        versions=versions(),
        git=git_state(),
        checkpoint=model.checkpoint,
        hardware=hardware(),
        clock=CLOCK,
        demo=prepared.with_demo_checkpoint or any(config.demo for config in prepared.configs),
        notice=chosen.notice("demo") if prepared.with_demo_checkpoint else None,
        notes=tuple(prepared.plan.notes),
    )


def _model_settings(prepared: Prepared, model: StreamingModel, options: Mapping[str, Any]) -> dict[str, Any]:
    """Return `ModelSettings`: everything of the model that can change an answer."""
    spec = model.input
    return {
        "model": prepared.recipe.name,
        "checkpoint": model.checkpoint.id,
        "revision": model.checkpoint.revision,
        "weights": model.checkpoint.hash,
        "options": dict(options),
        "fps": spec.fps,
        "pixels": {
            "size": list(spec.size) if spec.size is not None else None,
            "fit": spec.fit,
            "filter": spec.filter,
            "reader": prepared.request.reader,
        },
        "decoding": {"method": "greedy", "max_new_tokens": prepared.recipe.decoding.max_new_tokens},
        "dtype": model.dtype,
        "seed": prepared.request.seed,
    }
