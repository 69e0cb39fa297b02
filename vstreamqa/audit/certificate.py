"""The certificate of an audit, as it stands in a run (`audit.json`): findings, and of which files they hold.

It is void once those files have changed. What later scorings add to a run (verdicts, summary) voids only what is said
about verdicts: causality is about plan and answers.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import msgspec

from vstreamqa.audit.finding import Finding
from vstreamqa.errors import UserError
from vstreamqa.runs.folder import AUDIT, PLAN, PREDICTIONS, STREAMS, SUMMARY, UTTERANCES, VERDICTS
from vstreamqa.schema import Record

Outcome = Literal["passed", "failed", "not run"]

ANSWERS = (PLAN, PREDICTIONS, UTTERANCES, STREAMS)
"""Files that every finding rests on."""


class AuditedQuestion(Record, frozen=True, kw_only=True):
    """A question that was asked again."""

    suite: str
    config: str
    stream_id: str
    question_id: str


class Certificate(Record, frozen=True, kw_only=True):
    """What an audit came to."""

    created_at: str
    run_id: str
    causality: Outcome
    """`passed` only if questions were asked again and no row changed in any world."""
    share: float | None
    """Of the questions that were asked again; None if none was."""
    seed: int
    """Of the choice of questions and of the noise shown; the run's own."""
    questions: tuple[AuditedQuestion, ...]
    files: Mapping[str, str]
    """SHA-256 of the run's files that the certificate is about; void if one is another."""
    scored: Mapping[str, str]
    """SHA-256 of verdicts and summary; findings about verdicts hold as long as they are these."""
    versions: Mapping[str, str]
    hardware: Mapping[str, Any]
    """Where questions were asked again; empty if none was."""
    findings: tuple[Finding, ...]


def answer_hashes(run: Path) -> dict[str, str]:
    """Return the SHA-256 of the files of a run that every finding rests on."""
    return {name: _sha256(run / name) for name in ANSWERS if (run / name).is_file()}


def scoring_hashes(run: Path) -> dict[str, str]:
    """Return the SHA-256 of the verdicts of a run, and of its summary."""
    files = [*sorted((run / VERDICTS).glob("*.jsonl")), run / SUMMARY]
    return {str(path.relative_to(run)): _sha256(path) for path in files if path.is_file()}


def read_certificate(run: Path) -> Certificate | None:
    """Return the certificate of a run folder, or None if it was never audited.

    Raises:
        UserError: the file is none.
    """
    path = run / AUDIT
    if not path.is_file():
        return None
    try:
        return msgspec.json.decode(path.read_bytes(), type=Certificate)
    except msgspec.DecodeError as error:
        raise UserError(f"{path}: not a certificate: {error}; audit the run again: vstreamqa audit {run}") from error


def void_for(certificate: Certificate, run: Path) -> Sequence[str]:
    """Return the files of a run that are no longer those a certificate is about; with any, it is void."""
    now = answer_hashes(run)
    return sorted(name for name in {*certificate.files, *now} if certificate.files.get(name) != now.get(name))


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
