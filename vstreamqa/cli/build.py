"""`vstreamqa build`: make a suite that `datasets` and `vstreamqa eval` both load."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from vstreamqa.errors import UserError, suggestion

if TYPE_CHECKING:
    from vstreamqa.build.assembling import BuildReport, Target
    from vstreamqa.build.vstream_qa.downloads import Cutting

app = typer.Typer(no_args_is_help=True, help="Build a suite from its sources, or of videos of your own.")

_Out = Annotated[Path, typer.Option(help="Folder of the built suite; the same command goes on with it.")]
_AllowMissing = Annotated[
    bool, typer.Option("--allow-missing", help="Build what is there; every table says how much of the whole it is.")
]
_Workers = Annotated[int, typer.Option(min=1, max=64, help="How many videos are worked on at once.")]
_INTERRUPTED = 130
_WORKERS = min(4, os.cpu_count() or 1)


@app.command("vstream-qa")
def vstream_qa(
    annotations: Annotated[Path, typer.Option(help="Folder of the annotations: the official files, or ReKV's.")],
    out: _Out,
    ego4d: Annotated[Path | None, typer.Option(help="Folder of Ego4D videos, at any depth.")] = None,
    movienet: Annotated[Path | None, typer.Option(help="Folder of MovieNet keyframes, a folder a film.")] = None,
    frames: Annotated[Path | None, typer.Option(help="Folder of the published archives, or of what they hold.")] = None,
    features: Annotated[Path | None, typer.Option(help="Folder of CONFIG/CLIP.safetensors.")] = None,
    layout: Annotated[str, typer.Option(help="uncut (whole videos) or official (cut into clips).")] = "uncut",
    allow_missing: _AllowMissing = False,
    workers: _Workers = _WORKERS,
) -> int:
    """Build VStream-QA from originals or published frames; features, where there are any, take their place."""
    from vstreamqa.build.vstream_qa.building import build_vstream_qa
    from vstreamqa.build.vstream_qa.downloads import Downloads

    downloads = Downloads(annotations=annotations, ego4d=ego4d, movienet=movienet, frames=frames, features=features)
    if layout not in ("uncut", "official"):
        raise UserError(f"--layout {layout}: unknown{suggestion(layout, ('uncut', 'official'))}")
    target = _target("vstream-qa", out, allow_missing, workers)
    return _told(lambda: build_vstream_qa(downloads, target, cutting=cast("Cutting", layout)), out)


def _add_family(name: str, title: str) -> None:
    """Add the command that builds a family's suite."""

    def command(
        annotations: Annotated[Path, typer.Option(help="Folder of the annotation files.")],
        videos: Annotated[Path, typer.Option(help="Folder of the videos, at any depth.")],
        out: _Out,
        allow_missing: _AllowMissing = False,
        workers: _Workers = _WORKERS,
    ) -> int:
        from vstreamqa.build.family import build_family
        from vstreamqa.suites import suite
        from vstreamqa.suites.family import Family

        family = suite(name)
        assert isinstance(family, Family)
        return _told(lambda: build_family(family, annotations, videos, _target(name, out, allow_missing, workers)), out)

    app.command(name, help=f"Build {title}.")(command)


_add_family("river", "RIVER (arXiv 2603.03985)")


@app.command("questions")
def questions(
    videos: Annotated[Path, typer.Option(help="Folder of the videos, at any depth.")],
    questions: Annotated[Path, typer.Option(help="Questions with `video`, `question`, `time`: JSON, JSONL or CSV.")],
    out: _Out,
    name: Annotated[str | None, typer.Option(help="Name of the suite; by default that of the folder --out.")] = None,
    rate: Annotated[float | None, typer.Option(help="Frames per second of folders, arrays and feature files.")] = None,
    allow_missing: _AllowMissing = False,
    workers: _Workers = _WORKERS,
) -> int:
    """Build a suite of your own videos and questions."""
    from vstreamqa.build.questions import build_questions

    suite = name if name is not None else out.resolve().name
    target = _target(suite, out, allow_missing, workers)
    return _told(lambda: build_questions(videos, questions, target, rate=rate), out)


@app.command("mini")
def mini(
    out: _Out,
    config: Annotated[
        list[str] | None,
        typer.Option(help="A config that is made apart (horizon, narration); else the four of the suite's name."),
    ] = None,
) -> int:
    """Build the made-up world that demonstrations use."""
    from vstreamqa.build.mini.groups import GROUP_OF, USUAL
    from vstreamqa.build.mini.suite import build_mini

    names = config or []
    for name in names:
        if name not in GROUP_OF:
            raise UserError(f"--config {name}: unknown{suggestion(name, GROUP_OF)}")
    if len(names) > 1:
        raise UserError(
            f"--config {' --config '.join(names)}: give one, and build the others with commands of their own"
        )
    group = GROUP_OF[names[0]] if names else USUAL
    return _told(lambda: build_mini(out, group=group), out)


@app.command("world")
def world(
    out: _Out,
    length: Annotated[int, typer.Option(help="Length of each stream, in seconds or keyframes.")],
    unit: Annotated[str, typer.Option(help="second (video files) or keyframe (folders of images).")] = "second",
    rate: Annotated[float | None, typer.Option(help="Frames per second of the video files; 8 unless given.")] = None,
    name: Annotated[str | None, typer.Option(help="Name of the suite; by default that of the folder --out.")] = None,
    streams: Annotated[int, typer.Option(min=1, help="How many streams.")] = 1,
    questions: Annotated[int, typer.Option(help="Most questions of a stream, 20 or more.")] = 20,
    size: Annotated[int, typer.Option(help="Edge of the square picture, in pixels.")] = 96,
    seed: Annotated[int | None, typer.Option(help="The same seed gives the same questions and pictures.")] = None,
) -> int:
    """Build made-up worlds of any length and rate, for load tests."""
    from vstreamqa.build.mini.load import Load, build_load
    from vstreamqa.build.mini.plans import SEED

    load = Load(
        length=length,
        unit=unit,
        rate=rate,
        streams=streams,
        questions=questions,
        size=size,
        seed=SEED if seed is None else seed,
    )
    return _told(lambda: build_load(out.resolve().name if name is None else name, load, out), out)


def _target(suite: str, out: Path, allow_missing: bool, workers: int) -> Target:
    from vstreamqa.build.assembling import Target

    return Target(suite=suite, out=out, allow_missing=allow_missing, workers=workers)


def _told(build: Callable[[], BuildReport], out: Path) -> int:
    from vstreamqa.build.telling import refusal, report_lines

    try:
        report = build()
    except KeyboardInterrupt:
        remedy = f"the same command goes on with {out}" if out.exists() else "nothing was built yet"
        print(f"stopped; {remedy}", file=sys.stderr, flush=True)  # noqa: T201
        # An encode that is under way cannot be told to stop, and gives nothing its name before it is whole.
        os._exit(_INTERRUPTED)
    for line in report_lines(report, out):
        typer.echo(line)
    if not report.written:
        raise UserError(refusal(report, out))
    return 0
