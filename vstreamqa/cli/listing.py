"""`vstreamqa list`: what there is, by name."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from vstreamqa.cli.pairs import print_pairs

app = typer.Typer(no_args_is_help=True, help="List models, suites, judges, controls or prompts.")


@app.command()
def models() -> None:
    """List the models, and what each needs."""
    from vstreamqa.doctor import needs_of
    from vstreamqa.registry import plugins, recipes

    own = {one.name + (":MODEL" if one.kind else ""): f"{one.summary} ({needs_of(one)})" for one in recipes().values()}
    print_pairs({**own, **{name: f"of another package ({point.value})" for name, point in plugins().items()}})


@app.command()
def suites(data: Annotated[Path | None, typer.Option(help="Folder of the suites (or VSTREAMQA_DATA).")] = None) -> None:
    """List the suites: their configs, and whether they are built, built in part, or how to get them."""
    from vstreamqa.suites.describe import describe_suites

    print_pairs(describe_suites(data))


@app.command()
def judges() -> None:
    """List the judges of open answers, and the presets of published tables."""
    from vstreamqa.scoring.judge.names import describe_judges

    print_pairs(describe_judges())


@app.command()
def controls() -> None:
    """List the controls."""
    from vstreamqa.replay.controls import DESCRIPTIONS

    print_pairs(DESCRIPTIONS)


@app.command()
def prompts() -> None:
    """List the wordings of questions and of the judge, and whether the official ones were imported."""
    from vstreamqa.prompts.told import prompts_there
    from vstreamqa.scoring.judge.own_rubric import OWN

    judge = {f"judge/{OWN.id}": f"our own wording of the judge, version {OWN.version} ({OWN.hash})"}
    print_pairs({**judge, **prompts_there()})
