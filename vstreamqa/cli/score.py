"""`vstreamqa score`: score a run again, or predictions of another project, without the model."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def command(
    run: Annotated[Path, typer.Argument(metavar="RUN|FILE", help="A run folder, or a file of predictions.")],
    suite: Annotated[str | None, typer.Option(help="The suite that a file answers, for its rules.")] = None,
    layout: Annotated[str | None, typer.Option(help="How a file is laid out; recognised if not named.")] = None,
    rule: Annotated[str, typer.Option(help="strict, or native: as the suite's official script reads.")] = "strict",
    judge: Annotated[
        str | None, typer.Option(help="Who judges open answers; see `vstreamqa list judges`. rules: nobody.")
    ] = None,
    judge_base_url: Annotated[str | None, typer.Option(help="Server of the judge.")] = None,
    judge_prompt: Annotated[
        str | None, typer.Option(help="A file with another rubric, or official (see `vstreamqa prompts import`).")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Keep a file's predictions and verdicts as a run folder.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print the summary as JSON.")] = False,
) -> int:
    """Score a run folder or a file of predictions, and print its table."""
    from vstreamqa.cli.printing import print_json, print_results
    from vstreamqa.judges import JudgeRequest
    from vstreamqa.rescoring import ScoreRequest, rescore

    results = rescore(
        ScoreRequest(
            path=run,
            suite=suite,
            layout=layout,
            rule=rule,
            judge=JudgeRequest(name=judge, base_url=judge_base_url, prompt=judge_prompt),
            out=out,
        )
    )
    (print_json if json else print_results)(results)
    return results.exit_code
