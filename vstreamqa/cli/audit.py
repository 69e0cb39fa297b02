"""`vstreamqa audit`: does the number of a run mean what it says?"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer


def command(
    run: Annotated[Path, typer.Argument(help="A run folder.")],
    share: Annotated[float, typer.Option(help="Share of the questions that are asked again.")] = 0.02,
    no_model: Annotated[
        bool, typer.Option("--no-model", help="Check the records alone; causality then stays open.")
    ] = False,
    data: Annotated[Path | None, typer.Option(help="Folder of the suites, if it is another now.")] = None,
    device: Annotated[str | None, typer.Option(help="auto, cpu, cuda, ..., if not the run's.")] = None,
    base_url: Annotated[str | None, typer.Option(help="Where the server of a served model is now.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print the certificate as JSON.")] = False,
) -> int:
    """Check a run's records, ask part of it again, and write a certificate into it; exit code 1 if a check failed."""
    from vstreamqa.audit.again import Elsewhere
    from vstreamqa.audit.run import audit_again, audit_records
    from vstreamqa.cli.findings import print_certificate

    certificate = (
        audit_records(run)
        if no_model
        else audit_again(run, Elsewhere(data=data, device=device, base_url=base_url), share=share)
    )
    if json:
        import msgspec

        sys.stdout.write(msgspec.json.format(msgspec.json.encode(certificate), indent=1).decode() + "\n")
    else:
        print_certificate(certificate, run)
    return 1 if any(finding.status == "failed" for finding in certificate.findings) else 0
