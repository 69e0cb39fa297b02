"""A run folder becomes a submission."""

from __future__ import annotations

import hashlib
import re
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from vstreamqa.audit.certificate import Certificate, read_certificate, void_for
from vstreamqa.errors import UserError
from vstreamqa.leaderboard.compact import compact_rows
from vstreamqa.leaderboard.course import courses
from vstreamqa.leaderboard.submission import LINK_PATTERN, NAME_PATTERN, VERSION, Submission, digest
from vstreamqa.results import read_results, read_run
from vstreamqa.runs.folder import PLAN, PREDICTIONS, STREAMS, UTTERANCES
from vstreamqa.schema import NOT_STATED, Manifest
from vstreamqa.scoring.spec import ScoringSpec

_FILES = (PLAN, PREDICTIONS, UTTERANCES, STREAMS)
_OF_THIS_MACHINE = frozenset({"--out", "--data"})
_UNSIGNED = "0" * 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """What a submission says of itself beside the run.

    Attributes:
        name: of the file, and of the row's address.
        title: the model as the table names it; None for its name in the run.
        by: who submits, or None.
        link: an https address of a paper or code, or None.
    """

    name: str
    title: str | None = None
    by: str | None = None
    link: str | None = None


def pack(run: Path, label: Label) -> Submission:
    """Return the submission of a run, scored as it was last.

    Raises:
        UserError: it is no run folder, its certificate is not there, or the label is malformed.
    """
    if not re.match(NAME_PATTERN, label.name):
        raise UserError(f"--name {label.name}: small letters, digits, '.', '_' and '-', at most 80 of them")
    if label.link is not None and not re.match(LINK_PATTERN, label.link):
        raise UserError(f"--link {label.link}: give an https address, like https://example.org/paper")
    data, results = read_run(run), read_results(run)
    if results.manifest.clock == NOT_STATED:
        raise UserError(
            f"{run}: answers read from a file cannot be submitted: nobody knows how they were made; use `eval`"
        )
    # What was asked for names folders of one machine, as the command does.
    command = portable(results.manifest.command)
    manifest = msgspec.structs.replace(results.manifest, command=command, request=None)
    spec = msgspec.convert(manifest.scoring, ScoringSpec)
    unsigned = Submission(
        version=VERSION,
        name=label.name,
        title=label.title or str(manifest.model["model"]),
        by=label.by,
        link=label.link,
        manifest=manifest,
        summary=tuple(results.summary),
        rows=compact_rows(data, results.verdicts, spec),
        courses=courses(data),
        files={name: hashlib.sha256((run / name).read_bytes()).hexdigest() for name in _FILES if (run / name).exists()},
        certificate=_certificate(run, manifest),
        digest=_UNSIGNED,
    )
    content = msgspec.to_builtins(unsigned)
    return _checked(msgspec.json.encode({**content, "digest": digest(content)}))


def write_submission(path: Path, submission: Submission) -> None:
    """Write a submission so that a reviewer can read it: the manifest and figures in lines, rows of a config packed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(encode(submission))


def encode(submission: Submission) -> bytes:
    """Return a submission as the text of its file, a line per part."""
    content: dict[str, Any] = msgspec.to_builtins(submission)
    parts = []
    for key, value in content.items():
        if key in ("summary", "courses", "rows") and value:
            lines = ",\n  ".join(msgspec.json.encode(item).decode() for item in value)
            text = f"[\n  {lines}\n ]"
        elif key == "manifest":
            text = msgspec.json.format(msgspec.json.encode(value), indent=1).decode().replace("\n", "\n ")
        else:
            text = msgspec.json.encode(value).decode()
        parts.append(f' "{key}": {text}')
    return ("{\n" + ",\n".join(parts) + "\n}\n").encode()


def portable(command: str) -> str:
    """Return a command without the options that name folders of one machine (`--out`, `--data`)."""
    words, kept = shlex.split(command), []
    skip = False
    for word in words:
        if skip:
            skip = False
        elif word in _OF_THIS_MACHINE:
            skip = True
        elif word.partition("=")[0] not in _OF_THIS_MACHINE:
            kept.append(word)
    return shlex.join(kept)


def _certificate(run: Path, manifest: Manifest) -> Certificate | None:
    if manifest.audit is None:
        return None
    certificate = read_certificate(run)
    if certificate is None:
        raise UserError(f"{run}: its manifest names the audit {manifest.audit!r}, which is not there; audit it again")
    if void := void_for(certificate, run):
        raise UserError(f"{run}: {void[0]} has changed since it was audited; audit it again: vstreamqa audit {run}")
    return certificate


def _checked(content: bytes) -> Submission:
    try:
        return msgspec.json.decode(content, type=Submission)
    except msgspec.ValidationError as error:
        raise UserError(f"this run cannot be submitted: {error}") from error
