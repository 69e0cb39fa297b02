"""Print what an audit has found."""

from __future__ import annotations

from pathlib import Path

from rich.table import Table

from vstreamqa.audit.certificate import Certificate
from vstreamqa.cli.printing import make_console
from vstreamqa.report.names import visible
from vstreamqa.runs.folder import AUDIT


def print_certificate(certificate: Certificate, run: Path) -> None:
    """Print every finding with what it means, and where the certificate is."""
    console = make_console()
    table = Table(box=None, pad_edge=False, show_edge=False)
    for name in ("", "check", "where", "found", "means"):
        table.add_column(name, overflow="fold")
    for finding in certificate.findings:
        cells = finding.status, finding.check, finding.where, finding.found, finding.means
        table.add_row(*map(visible, cells))
    console.print(table, markup=False)
    failed, warned = (
        sum(finding.status == status for finding in certificate.findings) for status in ("failed", "warning")
    )
    asked = f", {len(certificate.questions)} questions asked again" if certificate.questions else ""
    console.print(
        f"{failed} failed, {warned} warnings; causality: {certificate.causality}{asked}", markup=False, soft_wrap=True
    )
    console.print(f"certificate: {run / AUDIT}", markup=False, soft_wrap=True)
