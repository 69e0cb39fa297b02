"""One evaluation from names to figures: plan, model, replay, scoring."""

from __future__ import annotations

import re
import shlex
import sys
from collections.abc import Callable, Mapping
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import msgspec

from vstreamqa.errors import UserError
from vstreamqa.hashing import spec_hash
from vstreamqa.judges import JudgeRequest, named_judge
from vstreamqa.models.base import Closable, StreamInfo
from vstreamqa.prompts import prompt_policy
from vstreamqa.registry import load
from vstreamqa.replay.clock import CLOCK
from vstreamqa.request import EvalRequest, Prepared, prepare
from vstreamqa.rescoring import score_folder
from vstreamqa.results import Results
from vstreamqa.runs.folder import RunFolder
from vstreamqa.runs.plan import task_spec
from vstreamqa.runs.provenance import git_state, hardware, versions
from vstreamqa.schema import Manifest, Stream, Unit, to_position
from vstreamqa.scoring.judge.names import RULES
from vstreamqa.scoring.spec import ScoringSpec
from vstreamqa.verdicts import Scoring

if TYPE_CHECKING:
    from vstreamqa.models.base import StreamingModel
    from vstreamqa.replay.replayer import ReplaySettings
    from vstreamqa.replay.source import FrameSource
    from vstreamqa.video.source import ReaderName

DEFAULT_RUNS = Path("runs")


def evaluate(request: EvalRequest) -> Results:
    """Run an evaluation, or go on with one: load the model, play every stream, score, summarise.

    Returns:
        What the run came to; `Results.exit_code` is 1 if a planned question has no answer.
    """
    prepared = prepare(request)
    judging = JudgeRequest(name=request.judge, base_url=request.judge_base_url, prompt=request.judge_prompt)
    with named_judge(judging) as judge:
        if judge is not None:
            judge.check()
        path = _replay(prepared)
        return score_folder(path, Scoring(judge=judge, checked=True, keep=request.judge != RULES))


def _replay(prepared: Prepared) -> Path:
    """Play and ask all that is missing; return the run folder. The model is let go of before a judge is loaded."""
    request, chosen = prepared.request, prepared.recipe
    model, options = load_prepared(prepared)
    try:
        _check_concurrency(prepared, model)
        _check_speaks(prepared, model)
        _check_media(prepared, model)
        manifest = _manifest(prepared, model, options)
        path = request.out or DEFAULT_RUNS / f"{_in_a_file_name(chosen.name)}-{manifest.run_id}"
        with RunFolder(path, manifest, prepared.plan.rows, fresh=request.fresh) as folder:
            _play(prepared, model, folder, manifest.run_id)
    finally:
        if isinstance(model, Closable):
            model.close()
    return path


def load_prepared(prepared: Prepared) -> tuple[StreamingModel, dict[str, Any]]:
    """Load the model that a request names, and return it with all its options that an answer can depend on."""
    request = prepared.request
    return load(
        prepared.recipe,
        checkpoint=request.checkpoint,
        device=request.device,
        dtype=request.dtype,
        fps=request.fps,
        options=request.options,
        base_url=request.base_url,
    )


def _in_a_file_name(name: str) -> str:
    """Return a model's name (`served:org/model`) as part of a folder's."""
    return re.sub(r"[^\w.-]+", "-", name).strip("-.")


def _check_concurrency(prepared: Prepared, model: StreamingModel) -> None:
    wanted, most = prepared.request.concurrency, model.input.concurrent_asks
    if wanted > most:
        takes = "one question at a time" if most == 1 else f"at most {most} questions of a stream together"
        raise UserError(f"--concurrency {wanted}: model {prepared.recipe.name!r} takes {takes}")


def _check_speaks(prepared: Prepared, model: StreamingModel) -> None:
    """Refuse proactive questions to a model that is never heard unless it is asked, before anything is played."""
    row = next((row for row in prepared.plan.rows if row.question.format == "proactive"), None)
    if row is not None and not model.input.speaks:
        raise UserError(
            f"{row.suite}/{row.config}: question {row.question.question_id!r} wants a model that speaks unasked, and "
            f"{prepared.recipe.name!r} never does; name one that does (videollm-online), or leave the config out"
        )


def _check_media(prepared: Prepared, model: StreamingModel) -> None:
    """Refuse media the model does not take, before anything is played."""
    for unit in {row.stream.unit for row in prepared.plan.rows}:
        _check_unit(model, unit)
    open_stream = opener(prepared, model)
    wanted = model.input.takes_features
    for row in {(row.suite, row.config, row.stream.stream_id): row for row in prepared.plan.rows}.values():
        stream, model_name = row.stream, prepared.recipe.name
        where = f"{row.suite}/{row.config}: stream {stream.stream_id!r}"
        if not (wanted is not None if stream.media.kind == "features" else model.input.takes_frames):
            raise UserError(f"{where} is {stream.media.kind}, which model {model_name!r} does not take")
        if stream.media.kind == "features":
            with closing(open_stream(row.suite, row.config, stream)) as source:
                first = next(iter(source)).features
            shape = None if first is None else first.shape
            if shape != wanted:
                raise UserError(f"{where} has features of shape {shape} a frame; model {model_name!r} takes {wanted}")


def _check_unit(model: StreamingModel, unit: Unit) -> None:
    """Open a session on a stream of a unit: a model that has none for it says so before anything is played."""
    try:
        model.open(StreamInfo(unit=unit, fps=model.input.fps if unit == "second" else None, seed=0)).close()
    except UserError:
        raise
    except Exception:  # a model that breaks is an error row, as it is while it plays
        return


def _play(prepared: Prepared, model: StreamingModel, folder: RunFolder, run_id: str) -> None:
    from vstreamqa.engines.local import run_plan
    from vstreamqa.replay.memory import reset_peaks

    reset_peaks()
    run_plan(folder, model, opener(prepared, model), replay_settings(prepared, model, run_id))


def replay_settings(prepared: Prepared, model: StreamingModel, run_id: str) -> ReplaySettings:
    """Return what holds for a whole run."""
    from vstreamqa.replay.replayer import ReplaySettings

    return ReplaySettings(
        run_id=run_id,
        seed=prepared.request.seed,
        fps=model.input.fps,
        max_new_tokens=prepared.recipe.decoding.max_new_tokens,
        render=prompt_policy(prepared.recipe.prompt).render,
        concurrency=prepared.request.concurrency,
    )


def opener(prepared: Prepared, model: StreamingModel) -> Callable[[str, str, Stream], FrameSource]:
    """Return what opens a stream of (suite, config) at the model's rate and size."""
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
    settings = model_settings(prepared, model, options)
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
        hardware={**hardware(), "device": model.device, **_load_on_server(request)},
        clock=CLOCK,
        demo=is_demo(prepared),
        notice=_notice(prepared),
        notes=tuple(prepared.plan.notes),
        request=msgspec.to_builtins(request, enc_hook=str),
    )


def _load_on_server(request: EvalRequest) -> dict[str, int]:
    """Return what latencies also depend on, where it is not as usual."""
    return {"concurrency": request.concurrency} if request.concurrency > 1 else {}


def is_demo(prepared: Prepared) -> bool:
    """Tell whether figures say nothing: the weights are tiny or random, or the suite is made up."""
    made_up = any(config.demo for config in prepared.configs)
    return prepared.with_demo_checkpoint or prepared.with_random_checkpoint or made_up


def _notice(prepared: Prepared) -> str | None:
    """Return what must be said before any figure of a demonstration."""
    if prepared.with_demo_checkpoint:
        return prepared.recipe.notice("demo")
    if prepared.with_random_checkpoint:
        return "DEMO: the checkpoint is tiny and random (untrained); its answers are noise."
    if any(config.demo for config in prepared.configs):
        return "DEMO: the suite is a made-up world; its figures say nothing about real video."
    return None


def model_settings(prepared: Prepared, model: StreamingModel, options: Mapping[str, Any]) -> dict[str, Any]:
    """Return `ModelSettings`: everything of the model that can change an answer."""
    spec = model.input
    return {
        "model": prepared.recipe.name,
        **({} if prepared.recipe.code is None else {"code": prepared.recipe.code}),
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
