"""`vstreamqa eval`: replay, ask, score, print the table."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import Annotated

import typer

from vstreamqa.errors import UserError


def command(
    model: Annotated[str, typer.Option(help="Name of a model; see `vstreamqa list models`.")],
    suite: Annotated[
        list[str] | None, typer.Option(help="SUITE or SUITE/CONFIG; see `vstreamqa list suites`. May be repeated.")
    ] = None,
    preset: Annotated[str | None, typer.Option(help="demo, released or paper.")] = None,
    checkpoint: Annotated[str | None, typer.Option(help="demo, a folder, or a hub id.")] = None,
    video: Annotated[Path | None, typer.Option(help="A video of your own, with --questions.")] = None,
    questions: Annotated[Path | None, typer.Option(help="Questions about --video: JSON, JSONL or CSV.")] = None,
    rate: Annotated[
        float | None, typer.Option(help="Frames per second of --video, if it is a frame folder, array or feature file.")
    ] = None,
    data: Annotated[Path | None, typer.Option(help="Folder of the suites (or VSTREAMQA_DATA).")] = None,
    out: Annotated[Path | None, typer.Option(help="Run folder; by default one named after the settings.")] = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Throw away what the run folder holds.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be asked, and stop.")] = False,
    control: Annotated[
        list[str] | None, typer.Option(help="A control to run beside the model. May be repeated.")
    ] = None,
    floors: Annotated[str, typer.Option(help="none, cheap or all.")] = "cheap",
    fps: Annotated[float | None, typer.Option(help="Frames per second the model watches.")] = None,
    reader: Annotated[str, typer.Option(help="Video reader: pyav (exact) or decord.")] = "pyav",
    limit: Annotated[int | None, typer.Option(help="Most questions of each config.")] = None,
    limit_streams: Annotated[int | None, typer.Option(help="Most streams of each config.")] = None,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda, cuda:1, ...")] = "auto",
    dtype: Annotated[str, typer.Option(help="auto, float32, float16 or bfloat16.")] = "auto",
    seed: Annotated[int, typer.Option(help="Source of all randomness.")] = 0,
    base_url: Annotated[
        str | None, typer.Option(help="Server of a served model, e.g. http://127.0.0.1:8000/v1 (key: OPENAI_API_KEY).")
    ] = None,
    concurrency: Annotated[
        int, typer.Option(help="Most questions of one stream in flight together, if the model allows it.")
    ] = 1,
    judge: Annotated[
        str | None, typer.Option(help="Who judges open answers; see `vstreamqa list judges`. rules: nobody.")
    ] = None,
    judge_base_url: Annotated[str | None, typer.Option(help="Server of the judge (key: OPENAI_API_KEY).")] = None,
    judge_prompt: Annotated[str | None, typer.Option(help="A file with another rubric for it, or official.")] = None,
    set_: Annotated[
        list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="An option of the model. May be repeated.")
    ] = None,
) -> int:
    """Evaluate a model; the same command goes on with a run that was stopped."""
    from vstreamqa.evaluation import evaluate
    from vstreamqa.request import EvalRequest, prepare

    request = EvalRequest(
        model=model,
        suites=tuple(suite or ()),
        preset=preset,
        checkpoint=checkpoint,
        video=video,
        questions=questions,
        rate=rate,
        data=data,
        out=out,
        fresh=fresh,
        controls=tuple(control or ()),
        floors=floors,
        fps=fps,
        reader=reader,
        limit=limit,
        limit_streams=limit_streams,
        device=device,
        dtype=dtype,
        seed=seed,
        base_url=base_url,
        concurrency=concurrency,
        judge=judge,
        judge_base_url=judge_base_url,
        judge_prompt=judge_prompt,
        options=dict(parse_set(item) for item in set_ or ()),
    )
    from vstreamqa.cli.printing import print_plan, print_results

    if dry_run:
        print_plan(prepare(request))
        return 0
    try:
        results = evaluate(request)
    except KeyboardInterrupt:
        print(f"stopped; what was answered is kept. To go on: {_same_command()}", file=sys.stderr)  # noqa: T201
        raise typer.Exit(130) from None
    print_results(results)
    return results.exit_code


def parse_set(item: str) -> tuple[str, str]:
    """Split KEY=VALUE.

    Raises:
        UserError: it is not of that form.
    """
    key, equals, value = item.partition("=")
    if not (key and equals):
        raise UserError(f"--set {item}: must be KEY=VALUE")
    return key, value


def _same_command() -> str:
    return shlex.join(["vstreamqa", *(word for word in sys.argv[1:] if word != "--fresh")])
