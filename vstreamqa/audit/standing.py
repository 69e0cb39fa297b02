"""What the certificate of a run says today, in one line for whoever reads its figures."""

from __future__ import annotations

from pathlib import Path

from vstreamqa.audit.certificate import Certificate, read_certificate, scoring_hashes, void_for
from vstreamqa.errors import UserError


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
