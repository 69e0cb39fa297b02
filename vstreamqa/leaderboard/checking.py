"""Whether a submission is whole, and whether its figures follow from what it carries.

Every check yields lines of the form `field: what is wrong`; a submission is refused if there is one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from vstreamqa.errors import UserError
from vstreamqa.hashing import spec_hash
from vstreamqa.leaderboard.figures import figure_problems
from vstreamqa.leaderboard.files import read_file
from vstreamqa.leaderboard.packing import Label, pack
from vstreamqa.leaderboard.rowchecks import incomplete, malformed, mixed_judges
from vstreamqa.leaderboard.submission import VERSION, Submission, digest
from vstreamqa.runs.folder import PLAN, PREDICTIONS
from vstreamqa.schema import Manifest

_TASK = ("suites", "context", "clock", "prompt")
_MODEL = ("model", "checkpoint", "options", "fps", "pixels", "decoding", "dtype", "seed")
_SCORING = ("rule", "version", "judge", "averaging")
_HARDWARE = ("cpu", "cores", "memory_bytes", "gpus", "device")
_KINDS: Mapping[str, type] = {
    **dict.fromkeys(("context", "clock", "model", "checkpoint", "dtype", "rule", "averaging", "cpu", "device"), str),
    **dict.fromkeys(("options", "decoding", "pixels", "prompt"), dict),
    "gpus": list,
    **dict.fromkeys(("cores", "memory_bytes"), int),
    "fps": float,
}
_CALLED = {str: "text", dict: "object", list: "list of texts", int: "whole number", float: "number"}


class _Versioned(msgspec.Struct):
    version: int


class _Planned(msgspec.Struct):
    suite: str
    config: str
    questions: int


def read_submission(path: Path) -> Submission:
    """Read a submission.

    Raises:
        UserError: it has another version of the schema, or a field that is missing, unknown or malformed.
    """
    version = read_file(path, _Versioned).version
    if version != VERSION:
        raise UserError(f"{path}: version: {version}, this vstreamqa reads {VERSION}; pack the run again with it")
    return read_file(path, Submission)


def problems(path: Path, run: Path | None = None) -> list[str]:
    """Return what is wrong with a submission, a line each, every line naming file and field; none if it may stand.

    Args:
        path: the file.
        run: the run folder it was packed from, if that is at hand: then its files and all figures are compared too.
    """
    try:
        submission = read_submission(path)
        found = list(_problems(path, submission))
        if not found and run is not None:
            found = list(_against(submission, run))
    except UserError as error:
        message = str(error)
        return [message if message.startswith(str(path)) else f"{path}: {message}"]
    return [f"{path}: {problem}" for problem in found]


def _problems(path: Path, submission: Submission) -> Iterator[str]:
    if submission.name != path.stem:
        yield f"name: {submission.name!r}, but the file is called {path.name}; they must agree"
    if digest(read_file(path, dict[str, Any])) != submission.digest:
        yield "digest: it is not that of the content; the file was edited or damaged after it was packed"
    yield from _specs(submission.manifest)
    yield from _extras(submission)
    shape = [*_configs(submission), *(line for rows in submission.rows for line in malformed(rows))]
    yield from shape
    if not shape:
        for rows in submission.rows:
            yield from incomplete(rows)
            yield from mixed_judges(rows, submission.manifest)
        yield from figure_problems(submission)


def _specs(manifest: Manifest) -> Iterator[str]:
    for name, keys in (("task", _TASK), ("model", _MODEL), ("scoring", _SCORING)):
        spec = getattr(manifest, name)
        for key in keys:
            if key not in spec:
                yield f"manifest.{name}: {key!r} is missing; pack the run again with the version that made it"
        for key, kind in _KINDS.items():
            if key in spec and not _is(spec[key], kind):
                yield f"manifest.{name}.{key}: {spec[key]!r} is no {_CALLED[kind]}"
        stated = getattr(manifest, f"{name}_hash")
        if (real := spec_hash(spec)) != stated:
            yield f"manifest.{name}_hash: {stated}, but {name} hashes to {real}; one of them was changed"


def _is(value: object, kind: type) -> bool:
    """Say whether a value is of a kind; a list is one of texts, and a number may be whole."""
    if kind is list:
        return isinstance(value, list) and all(isinstance(one, str) for one in value)
    return isinstance(value, (int, float) if kind is float else kind) and not isinstance(value, bool)


def _extras(submission: Submission) -> Iterator[str]:
    manifest, certificate = submission.manifest, submission.certificate
    for key in _HARDWARE:
        if key not in manifest.hardware:
            yield f"manifest.hardware: {key!r} is missing"
        elif not _is(manifest.hardware[key], _KINDS[key]):
            yield f"manifest.hardware.{key}: {manifest.hardware[key]!r} is no {_CALLED[_KINDS[key]]}"
    for name in (PLAN, PREDICTIONS):
        if name not in submission.files:
            yield f"files: {name!r} is missing; pack the run again"
    if (manifest.audit is None) != (certificate is None):
        yield "certificate: the manifest names an audit if and only if its certificate is here; pack the run again"
    if certificate is not None:
        if certificate.run_id != manifest.run_id:
            yield f"certificate.run_id: {certificate.run_id}, but the run is {manifest.run_id}"
        for name in sorted({*certificate.files, *submission.files}):
            if certificate.files.get(name) != submission.files.get(name):
                yield f"certificate.files.{name}: not the file of this run; audit the run again"


def _configs(submission: Submission) -> Iterator[str]:
    try:
        planned = msgspec.convert(submission.manifest.task.get("suites"), tuple[_Planned, ...])
    except msgspec.ValidationError as error:
        yield f"manifest.task.suites: {error}"
        return
    if not planned:
        yield "manifest.task.suites: empty; nothing was asked"
    expected = {(one.suite, one.config): one.questions for one in planned}
    found = {(rows.suite, rows.config): len(rows.questions) for rows in submission.rows}
    for course in submission.courses:
        if (course.suite, course.config) not in found:
            yield f"courses: {course.suite}/{course.config} is no config of the submission"
    if len(found) < len(submission.rows):
        yield "rows: a config stands there twice"
    for key in sorted({*expected, *found}):
        if expected.get(key) != found.get(key):
            yield (
                f"rows: {key[0]}/{key[1]} has {found.get(key, 0)} questions, "
                f"manifest.task says {expected.get(key, 0)}; submit every planned row"
            )


def _against(submission: Submission, run: Path) -> Iterator[str]:
    label = Label(name=submission.name, title=submission.title, by=submission.by, link=submission.link)
    mine, theirs = msgspec.to_builtins(pack(run, label)), msgspec.to_builtins(submission)
    for name, real in mine["files"].items():
        if theirs["files"].get(name) != real:
            yield f"files.{name}: not the SHA-256 of {run / name}"
    for key in ("manifest", "summary", "rows", "courses", "certificate"):
        if mine[key] != theirs[key]:
            yield f"{key}: not what {run} says; pack the run again"
