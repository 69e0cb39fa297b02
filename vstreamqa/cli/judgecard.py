"""`vstreamqa judge-card`: measure a judge on constructed pairs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from vstreamqa.errors import UserError


def command(
    judge: Annotated[str, typer.Argument(metavar="JUDGE", help="A judge, as `list judges` names it, or rules.")],
    suite: Annotated[str | None, typer.Option(help="Suite, or suite/config, whose golds pairs are made of.")] = None,
    run: Annotated[
        Path | None, typer.Option(help="Make pairs of the questions of a run, or of a predictions file.")
    ] = None,
    data: Annotated[Path | None, typer.Option(help="Folder of the suites.")] = None,
    limit: Annotated[int, typer.Option(min=0, help="At most this many questions, drawn by the seed; 0: all.")] = 200,
    judge_base_url: Annotated[str | None, typer.Option(help="Server of the judge.")] = None,
    judge_prompt: Annotated[
        str | None, typer.Option(help="A file with another rubric, or official (see `vstreamqa prompts import`).")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Of the pairs.")] = 0,
    out: Annotated[Path | None, typer.Option(help="Write the card here too: .json, or .md for reading.")] = None,
) -> int:
    """Measure how often a judge is right on pairs of known verdict, and keep that as its card.

    Tables then also give accuracies corrected by the card of the judge that made them.
    """
    from vstreamqa import judgecards
    from vstreamqa.cli.printing import make_console
    from vstreamqa.judges import JudgeRequest
    from vstreamqa.report.judgecard import card_page
    from vstreamqa.report.terminal import render_terminal

    if suite is not None and run is not None:
        raise UserError("--suite and --run both name questions; leave one out")
    if out is not None:
        judgecards.refuse_out(out, run)
    if run is None:
        golds = judgecards.suite_golds(suite or judgecards.DEFAULT_SUITE, data)
    else:
        golds = judgecards.run_golds(run)
    request = JudgeRequest(name=judge, base_url=judge_base_url, prompt=judge_prompt)
    asked = judgecards.judge_to_measure(request, closed=golds.closed)
    console = make_console()
    made = judgecards.make_card(
        asked,
        golds,
        limit=limit or None,
        seed=seed,
        out=out,
        tell=lambda line: console.print(line, markup=False, soft_wrap=True),
    )
    render_terminal(card_page(made.card), console)
    for line in made.lines():
        console.print(line, markup=False, soft_wrap=True)
    return made.exit_code
