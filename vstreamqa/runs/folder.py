"""The run folder: the plan first, then every row as it comes; opened again, it goes on where it stopped."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import msgspec
from filelock import FileLock, Timeout

from vstreamqa.atomic import write_atomically
from vstreamqa.differences import differences
from vstreamqa.errors import UserError
from vstreamqa.keys import prediction_key, row_key, stream_key
from vstreamqa.runs.lines import Appender, read_lines, rewrite_lines
from vstreamqa.runs.plan import planned_keys, with_controls
from vstreamqa.schema import (
    Manifest,
    PlanRow,
    Prediction,
    RowKey,
    StreamRecord,
    SummaryRow,
    UtteranceRecord,
    Verdict,
)

PLAN = "plan.jsonl"
MANIFEST = "manifest.json"
PREDICTIONS = "predictions.jsonl"
UTTERANCES = "utterances.jsonl"
STREAMS = "streams.jsonl"
VERDICTS = "verdicts"
SUMMARY = "summary.json"
AUDIT = "audit.json"
_LOCK = ".lock"
_OWN = (PLAN, MANIFEST, PREDICTIONS, UTTERANCES, STREAMS, SUMMARY, AUDIT)


class RunReader:
    """The files of a run, for reading."""

    def __init__(self, path: Path) -> None:
        """Take a run folder; raise `UserError` if it is none."""
        self.path = path
        if not (path / MANIFEST).is_file():
            raise UserError(f"{path}: not a run folder (it has no {MANIFEST}); name a folder that `eval` wrote")

    def manifest(self) -> Manifest:
        """Read the manifest."""
        try:
            return msgspec.json.decode((self.path / MANIFEST).read_bytes(), type=Manifest)
        except msgspec.DecodeError as error:
            raise UserError(f"{self.path / MANIFEST}: not a manifest: {error}") from error

    def plan(self) -> list[PlanRow]:
        """Read the plan; raise `UserError` if it is missing."""
        if not (self.path / PLAN).is_file():
            raise UserError(
                f"{self.path / PLAN}: missing, and what a run answers is read with its plan; "
                "put it back, or run again with --fresh"
            )
        return read_lines(self.path / PLAN, PlanRow)

    def predictions(self) -> list[Prediction]:
        """Read the predictions so far."""
        return read_lines(self.path / PREDICTIONS, Prediction)

    def utterances(self) -> list[UtteranceRecord]:
        """Read what was said unasked so far."""
        return read_lines(self.path / UTTERANCES, UtteranceRecord)

    def streams(self) -> list[StreamRecord]:
        """Read the stream records so far."""
        return read_lines(self.path / STREAMS, StreamRecord)


class RunFolder(RunReader):
    """A run folder held for writing; one process at a time."""

    def __init__(self, path: Path, manifest: Manifest, plan: Sequence[PlanRow], *, fresh: bool = False) -> None:
        """Open or make a run folder.

        Args:
            path: the folder; made if it is not there.
            manifest: what the run is about to be.
            plan: every planned question.
            fresh: throw away what an earlier run left there.

        Raises:
            UserError: another process writes the folder, it holds something else, or a run with other settings.
        """
        self.path = path
        _refuse_foreign(path)
        make_run_folder(path)
        self._lock = _locked(path)
        try:
            self._prepare(manifest, plan, fresh=fresh)
        except BaseException:
            self._lock.release()
            raise

    def _prepare(self, manifest: Manifest, plan: Sequence[PlanRow], *, fresh: bool) -> None:
        if fresh:
            self._clear()
        self.continued = (self.path / MANIFEST).exists()
        if self.continued:
            before = self.manifest()
            _refuse_other_settings(self.path, before, manifest)
            earlier = {row_key(row, None): row.controls for row in self.plan()}
            self._plan = with_controls(plan, earlier)
            manifest = _continued(before, manifest)
        else:
            self._clear()
            self._plan = list(plan)
        rewrite_lines(self.path / PLAN, self._plan)
        write_json(self.path / MANIFEST, manifest)
        self._keep_what_stands()
        self._files = {
            Prediction: Appender(self.path / PREDICTIONS),
            UtteranceRecord: Appender(self.path / UTTERANCES),
            StreamRecord: Appender(self.path / STREAMS),
        }

    def _clear(self) -> None:
        for name in _OWN:
            (self.path / name).unlink(missing_ok=True)
        for kind in ("*.jsonl", "*.json"):
            for verdicts in (self.path / VERDICTS).glob(kind):
                verdicts.unlink()

    def _keep_what_stands(self) -> None:
        """Drop the rows that are to be made again: errors, and what a stream that is watched again will say again."""
        planned = planned_keys(self._plan)
        answered = {
            prediction_key(row): row
            for row in self.predictions()
            if row.status == "answered" and prediction_key(row) in planned
        }
        streams = {stream_key(row): row for row in self.streams() if row.status == "complete"}
        incomplete = self._incomplete_streams(answered)
        streams = {key: row for key, row in streams.items() if key not in incomplete}
        again = self._listened_streams() - set(streams)
        answered = {key: row for key, row in answered.items() if stream_key(row) not in again}
        utterances = [row for row in self.utterances() if stream_key(row) in streams]
        rewrite_lines(self.path / PREDICTIONS, answered.values())
        rewrite_lines(self.path / STREAMS, streams.values())
        rewrite_lines(self.path / UTTERANCES, utterances)
        self.answered = frozenset(answered)
        self.watched = frozenset(streams)

    def _incomplete_streams(self, answered: Mapping[RowKey, Prediction]) -> set[RowKey]:
        return {
            (row.suite, row.config, row.stream.stream_id, control)
            for row in self._plan
            for control in row.controls
            if row_key(row, control) not in answered
        }

    def _listened_streams(self) -> set[RowKey]:
        """Return the streams with proactive questions: what is said of them is made anew whole, or not at all."""
        return {
            (row.suite, row.config, row.stream.stream_id, control)
            for row in self._plan
            if row.question.format == "proactive"
            for control in row.controls
        }

    def plan(self) -> list[PlanRow]:
        """Return the plan; once the folder is open, the one in force."""
        return self._plan if hasattr(self, "_plan") else super().plan()

    def append(self, row: Prediction | UtteranceRecord | StreamRecord) -> None:
        """Keep a row: it is in the file when this returns."""
        self._files[type(row)].append(row)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        for file in self._files.values():
            file.close()
        self._lock.release()


def make_run_folder(path: Path) -> None:
    """Make a run folder, or see that it is there and can be written to."""
    try:
        path.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=path):
            pass
    except OSError as error:
        raise UserError(f"{path}: cannot be written to ({error.strerror}); name another --out") from error


def verdicts_path(path: Path, scoring_hash: str) -> Path:
    """Return where a run keeps the verdicts of a scoring."""
    return path / VERDICTS / f"{scoring_hash}.jsonl"


def spec_path(path: Path, scoring_hash: str) -> Path:
    """Return where a run keeps how those verdicts were made."""
    return path / VERDICTS / f"{scoring_hash}.json"


def write_results(
    path: Path,
    scoring: Mapping[str, Any],
    scoring_hash: str,
    verdicts: Sequence[Verdict],
    summary: Sequence[SummaryRow],
) -> None:
    """Write the verdicts of a scoring and the figures that follow from them, and name it in the manifest.

    Args:
        path: the run folder.
        scoring: the spec, as it stands in the manifest.
        scoring_hash: its hash, after which the verdicts are named.
        verdicts: one per planned row.
        summary: the lines of the table.

    Raises:
        UserError: another process is writing the run.
    """
    lock = _locked(path)
    try:
        rewrite_lines(verdicts_path(path, scoring_hash), verdicts)
        write_json(spec_path(path, scoring_hash), scoring)
        write_json(path / SUMMARY, list(summary))
        manifest = RunReader(path).manifest()
        if manifest.scoring_hash != scoring_hash:
            named = msgspec.structs.replace(manifest, scoring=scoring, scoring_hash=scoring_hash)
            write_json(path / MANIFEST, named)
    finally:
        lock.release()


def refuse_while_written(path: Path) -> None:
    """Refuse a run that another process is writing.

    Raises:
        UserError: one is.
    """
    _locked(path).release()


def write_audit(path: Path, certificate: Any) -> None:
    """Write what an audit has found into a run, and name it in the manifest.

    Raises:
        UserError: another process is writing the run.
    """
    lock = _locked(path)
    try:
        write_json(path / AUDIT, certificate)
        manifest = RunReader(path).manifest()
        if manifest.audit != AUDIT:
            write_json(path / MANIFEST, msgspec.structs.replace(manifest, audit=AUDIT))
    finally:
        lock.release()


def write_json(path: Path, content: Any) -> None:
    """Write a file of a run that is one JSON value, so that people can read it."""
    write_atomically(path, msgspec.json.format(msgspec.json.encode(content), indent=1) + b"\n")


def _locked(path: Path) -> FileLock:
    """Return the lock of a run folder, held."""
    lock = FileLock(path / _LOCK, blocking=False)
    try:
        lock.acquire()
    except Timeout as error:
        raise UserError(f"{path}: another process is writing this run; wait for it or name another --out") from error
    return lock


def _refuse_foreign(path: Path) -> None:
    if path.exists() and not path.is_dir():
        raise UserError(f"{path}: not a folder; name another --out")
    if path.is_dir() and not (path / MANIFEST).exists():
        ours = {*_OWN, VERDICTS, _LOCK}
        # A run killed before its manifest was in place left only its plan, or a file on its way to a name.
        foreign = [entry.name for entry in path.iterdir() if entry.name not in ours and not _is_temporary(entry.name)]
        if foreign:
            raise UserError(f"{path}: holds {sorted(foreign)[0]!r} and is not a run folder; name another --out")


def _is_temporary(name: str) -> bool:
    return any(name.startswith(f".{own}.") for own in _OWN)


def _refuse_other_settings(path: Path, before: Manifest, now: Manifest) -> None:
    for what in ("task", "model"):
        differing = differences(getattr(before, what), getattr(now, what))
        if differing:
            raise UserError(
                f"{path}: holds a run with another {what}: {'; '.join(differing)}; "
                "use the old settings, --fresh to throw that run away, or another --out"
            )


def _continued(before: Manifest, now: Manifest) -> Manifest:
    """Keep a run's first manifest, with what is left out now too, and with what is other about this process."""
    other = {
        name: msgspec.to_builtins(getattr(now, name))
        for name in ("hardware", "versions", "git")
        if msgspec.to_builtins(getattr(now, name)) != msgspec.to_builtins(getattr(before, name))
    }
    known = [dict(process) for process in before.continued]
    return msgspec.structs.replace(
        before,
        notes=tuple(dict.fromkeys((*before.notes, *now.notes))),
        continued=tuple(known if not other or other in known else [*known, other]),
    )
