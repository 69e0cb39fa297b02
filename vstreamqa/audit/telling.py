"""The certificate of a run folder as a report has it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from vstreamqa.audit.certificate import Certificate, read_certificate, scoring_hashes, void_for
from vstreamqa.errors import UserError
from vstreamqa.report.audited import Audited


def audited(run: Path) -> Audited | None:
    """Return what the audit of a run came to and whether it still holds, or None if it was never audited."""
    try:
        certificate = read_certificate(run)
    except UserError as error:
        return Audited(valid=False, lines=(f"none that holds: {error}",), findings=())
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


def audit_note(run: Path) -> str | None:
    """Return what is to stand under the table of a run: what its audit came to, or that it is void; None without one.

    Args:
        run: the run folder, or a file of predictions, which has no certificate.
    """
    try:
        certificate = read_certificate(run)
    except UserError as error:
        return f"audit: none that holds: {error}"
    if certificate is None:
        return None
    changed = void_for(certificate, run)
    if changed:
        have = "has" if len(changed) == 1 else "have"
        return f"audit: VOID: {', '.join(changed)} {have} changed since; audit again: vstreamqa audit {run}"
    alarms = _alarms(certificate)
    scored = ", before it was scored as it is now" if alarms and certificate.scored != scoring_hashes(run) else ""
    return f"audit: {_outcome(certificate)}{alarms}{scored}"


def _outcome(certificate: Certificate) -> str:
    if certificate.causality == "not run":
        return f"causality open, of the records alone (certificate of {certificate.created_at})"
    asked = f"{len(certificate.questions):,} question{'s' if len(certificate.questions) != 1 else ''} asked again"
    return f"causality {certificate.causality} ({asked}, certificate of {certificate.created_at})"


def _alarms(certificate: Certificate) -> str:
    failed = dict.fromkeys(one.check for one in certificate.findings if one.status == "failed")
    return f"; FAILED: {', '.join(failed)}" if failed else ""
