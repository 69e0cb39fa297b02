"""The certificate of a run folder as a report has it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from vstreamqa.audit.certificate import Certificate, read_certificate, scoring_hashes, void_for
from vstreamqa.report.audited import Audited


def audited(run: Path) -> Audited | None:
    """Return what the audit of a run came to and whether it still holds, or None if it was never audited.

    Raises:
        UserError: the run's certificate is none.
    """
    certificate = read_certificate(run)
    if certificate is None:
        return None
    changed = void_for(certificate, run)
    return Audited(
        valid=not changed,
        lines=tuple(_lines(certificate, run, changed)),
        findings=tuple((one.status, one.check, one.where, one.found, one.means) for one in certificate.findings),
    )


def _lines(certificate: Certificate, run: Path, changed: Sequence[str]) -> Iterator[str]:
    if changed:
        yield f"VOID: changed since the audit: {', '.join(changed)}; audit it again"
    elif certificate.scored != scoring_hashes(run):
        yield "valid for plan and answers; verdicts or summary are others since, so what it says of them is void"
    else:
        yield "valid: the run's files are those that were audited"
    failed, warned = (sum(one.status == status for one in certificate.findings) for status in ("failed", "warning"))
    asked = f", {len(certificate.questions):,} questions asked again" if certificate.questions else ""
    yield f"{failed} failed, {warned} warnings; causality: {certificate.causality}{asked}"
    yield f"made {certificate.created_at}"
