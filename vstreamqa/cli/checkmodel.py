"""`vstreamqa check-model`: run the contract on an adapter."""

from __future__ import annotations

from typing import Annotated

import typer


def command(
    model: Annotated[str, typer.Argument(metavar="NAME", help="A model, or FILE.py:CLASS.")],
    checkpoint: Annotated[
        str | None, typer.Option(help="demo, a folder, or a hub id; the tiny one by default.")
    ] = None,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda, cuda:1, ...")] = "auto",
    dtype: Annotated[str, typer.Option(help="auto, float32, float16 or bfloat16.")] = "auto",
    base_url: Annotated[str | None, typer.Option(help="Where the server of a served model is.")] = None,
    set_: Annotated[
        list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="An option of the model. May be repeated.")
    ] = None,
) -> int:
    """Check that an adapter keeps the contract of the model protocol; exit code 1 if a clause is broken."""
    from vstreamqa.audit.contract import check_model
    from vstreamqa.cli.evaluate import parse_set
    from vstreamqa.registry import load, recipe

    found = recipe(model)
    options = dict(parse_set(item) for item in set_ or ())
    loaded, _ = load(
        found.to_check() if checkpoint is None else found.under("released"),
        checkpoint=checkpoint,
        device=device,
        dtype=dtype,
        fps=None,
        options=options,
        base_url=base_url,
    )
    broken = 0
    for outcome in check_model(loaded):
        broken += outcome.status == "broken"
        typer.echo(f"{outcome.status:12}  {outcome.clause}: {outcome.detail}")
    typer.echo(f"{model}: {f'{broken} clauses broken' if broken else 'the contract is kept'}")
    return 1 if broken else 0
