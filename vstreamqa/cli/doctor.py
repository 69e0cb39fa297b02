"""`vstreamqa doctor`: what this machine can run."""

from __future__ import annotations

from typing import Annotated

import typer


def command(
    pin: Annotated[bool, typer.Option("--pin", help="Write the revisions the hub resolves into the recipes.")] = False,
) -> int:
    """Show the machine, and for every model whether it can be run here."""
    from vstreamqa import doctor
    from vstreamqa.cli.pairs import print_pairs

    if pin:
        print_pairs(dict(doctor.pin()) or {"nothing to pin": "every recipe with a checkpoint on the hub states one"})
        return 0
    for line in doctor.machine_lines():
        typer.echo(line)
    print_pairs(dict(doctor.model_lines(device_bytes=doctor.device_bytes())))
    return 0
