"""Make a suite of drafts: put the media in place, check everything, keep what is there, write it."""

from __future__ import annotations

import contextlib
import errno
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
from filelock import FileLock, Timeout

from vstreamqa.build.draft import WORK, Draft, Job
from vstreamqa.build.findings import Finding, Findings
from vstreamqa.build.measuring import Measured
from vstreamqa.build.placing import Placed, place
from vstreamqa.build.writing import Written, write_suite
from vstreamqa.errors import UserError
from vstreamqa.runs.lines import write_atomically
from vstreamqa.schema import NANOSECONDS, Question, Record, Stream, to_position, to_value
from vstreamqa.suites.built import read_table
from vstreamqa.suites.check import question_problems
from vstreamqa.suites.form import (
    FORM,
    REPORT,
    STREAMS,
    BuiltStream,
    ConfigIndex,
    SuiteIndex,
    content_hash,
    expected,
    read_index,
    stream_of,
)

DEFAULT_WORKERS = 2
SLACK = NANOSECONDS
"""How much earlier than its stream a video may end: annotations state lengths in whole seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What is built, and where.

    Attributes:
        suite: name of the suite.
        out: its folder.
        allow_missing: build what is there, and carry how much that is of the whole.
        workers: how many videos are worked on at once.
        facts: how it is built, in words.
        demo: made for demonstration, not a benchmark.
    """

    suite: str
    out: Path
    allow_missing: bool = False
    workers: int = DEFAULT_WORKERS
    facts: Mapping[str, str] = field(default_factory=dict)
    demo: bool = False


class BuildReport(Record, frozen=True, kw_only=True):
    """What a build came to (`build-report.json`).

    Attributes:
        suite: name of the suite.
        written: a suite was written; otherwise whatever stood there before still does.
        configs: what there is of each config, and what there should be.
        facts: how it was built.
        findings: everything that was found.
    """

    suite: str
    written: bool
    configs: Mapping[str, ConfigIndex]
    facts: Mapping[str, str]
    findings: tuple[Finding, ...]


def assemble(target: Target, drafts: Sequence[Draft], jobs: Sequence[Job], findings: Findings) -> BuildReport:
    """Build a suite.

    Args:
        target: what is built, and where.
        drafts: its configs.
        jobs: what puts their media into the suite's folder.
        findings: what was found so far; gets what is found here.

    Returns:
        what was built; nothing was if something is missing and `allow_missing` is not set, or nothing is there at all.

    Raises:
        UserError: the folder holds something else, another build works on it, or media of the suite that stands there
            would have to be replaced.
        OSError: the disk is full, or the folder cannot be written to.
    """
    with claimed(target.out, target.suite), _named(target.out):
        streams = [stream for draft in drafts for stream in draft.streams]
        protected = frozenset(_shown_media(target.out))
        placed = place(target.out, jobs, streams, workers=target.workers, protected=protected)
        written = [_resolve(draft, placed, findings) for draft in drafts]
        index = SuiteIndex(
            form=FORM,
            suite=target.suite,
            configs={one.config: _index(one, draft) for one, draft in zip(written, drafts, strict=True)},
            files={},
            facts=target.facts,
            demo=target.demo,
        )
        whole = not findings.lacks or target.allow_missing
        there = whole and any(one.questions for one in written)
        if there:
            write_suite(target.out, index, written)
        report = BuildReport(
            suite=target.suite,
            written=there,
            configs=index.configs,
            facts=target.facts,
            findings=tuple(findings.found),
        )
        write_atomically(target.out / REPORT, msgspec.json.format(msgspec.json.encode(report), indent=1) + b"\n")
        return report


@contextlib.contextmanager
def claimed(out: Path, suite: str) -> Iterator[None]:
    """Hold a folder for one build.

    Raises:
        UserError: it holds something else than this suite, cannot be written to, or another build works on it.
    """
    _check_folder(out, suite)
    lock = FileLock(out / WORK / "lock")
    try:
        (out / WORK).mkdir(parents=True, exist_ok=True)
        lock.acquire(timeout=0)
    except Timeout as error:
        raise UserError(f"{out}: another build works on this folder; wait for it, or name another --out") from error
    except OSError as error:
        raise UserError(f"{out}: cannot be written to ({error.strerror}); name another --out") from error
    try:
        yield
    finally:
        lock.release()


@contextlib.contextmanager
def _named(out: Path) -> Iterator[None]:
    """Name the folder in an error of the disk that names nothing, as that of a full one does."""
    try:
        yield
    except OSError as error:
        if error.filename is not None:
            raise
        raise OSError(error.errno or errno.EIO, " ".join((error.strerror or str(error)).split()), str(out)) from error


def _check_folder(out: Path, suite: str) -> None:
    if out.exists() and not out.is_dir():
        raise UserError(f"{out}: is a file; name a folder with --out")
    if not out.is_dir():
        return
    found = _standing(out)
    if found is not None and found[0].suite != suite:
        raise UserError(f"{out}: holds the suite {found[0].suite!r}; name another --out for {suite!r}")
    if found is None and not (out / WORK).is_dir() and any(out.iterdir()):
        raise UserError(f"{out}: is not empty, and no suite was built there; name an empty folder with --out")


def _shown_media(out: Path) -> Iterator[str]:
    """Yield the paths of the media that the suite standing at a folder shows; none of one that cannot be read."""
    found = _standing(out)
    if found is None:
        return
    index, edition = found
    for name, entry in index.configs.items():
        if entry.data_hash is not None:
            with contextlib.suppress(UserError):
                yield from [built.stream.media.path for built in read_table(edition / name / STREAMS, stream_of)]


def _standing(out: Path) -> tuple[SuiteIndex, Path] | None:
    """Return the suite that stands at a folder; one that cannot be read is there to be built again."""
    try:
        return read_index(out)
    except UserError:
        return None


def _resolve(draft: Draft, placed: Placed, findings: Findings) -> Written:
    """Return what is there of a draft, and note everything that is not."""
    for reason, stream_ids in _grouped(draft.absent).items():
        findings.lack("missing", draft.config, f"{reason} ({_listed(stream_ids)})")
    streams = tuple(_sound_streams(draft, placed, findings))
    written = Written(
        config=draft.config,
        streams=streams,
        questions=tuple(_sound_questions(draft, streams, findings)),
        closed=draft.closed,
    )
    index = _index(written, draft)
    if not index.complete:
        findings.lack(
            "count",
            draft.config,
            f"{index.questions} questions where {expected(index.expected_questions)} are expected, {index.streams} "
            f"streams where {expected(index.expected_streams)} are; add what is missing, or build a partial suite with "
            "--allow-missing",
        )
    return written


def _index(written: Written, draft: Draft) -> ConfigIndex:
    return ConfigIndex(
        questions=len(written.questions),
        streams=len(written.streams),
        expected_questions=draft.expected_questions,
        expected_streams=draft.expected_streams,
        data_hash=content_hash(written.streams, written.questions) if written.questions else None,
        closed=draft.closed,
    )


def _sound_streams(draft: Draft, placed: Placed, findings: Findings) -> Iterator[BuiltStream]:
    faults: dict[str, str] = {}
    for stream in draft.streams:
        measured = placed.measured.get((stream.media, stream.unit))
        if measured is None:
            faults[stream.stream_id] = placed.faults.get(stream.media.path, f"{stream.media.path}: not there")
            continue
        shown = _trimmed(stream, measured) if draft.trimmed else stream
        problem = _entries_problem(stream, measured, draft) or beyond(shown, measured)
        if problem is not None:
            findings.lack("length", f"{draft.config}, stream {stream.stream_id}", problem)
            continue
        yield BuiltStream(stream=shown, fingerprint=measured.fingerprint)
    for reason, stream_ids in _grouped(faults).items():
        findings.lack("media", draft.config, f"{reason} ({_listed(stream_ids)})")


def _trimmed(stream: Stream, measured: Measured) -> Stream:
    """End a stream with its medium: what is asked beyond is a fault of those questions alone."""
    if beyond(stream, measured) is None:
        return stream
    return msgspec.structs.replace(stream, end=to_value(last_position(measured), stream.unit))


def _entries_problem(stream: Stream, measured: Measured, draft: Draft) -> str | None:
    """Say how a medium differs from what the annotations say of its length, or None."""
    bounds = draft.entries.get(stream.stream_id)
    if bounds is not None and measured.entries is not None and not bounds[0] <= measured.entries <= bounds[1]:
        wanted = f"{bounds[0]}" if bounds[0] == bounds[1] else f"{bounds[0]} to {bounds[1]}"
        return f"{stream.media.path} holds {measured.entries} frames where {wanted} are expected; fetch it again"
    length = measured.duration - to_position(stream.media.origin, stream.unit)
    most = draft.longest.get(stream.stream_id)
    if most is not None and length > to_position(most, stream.unit) + SLACK:
        return f"{stream.media.path} lasts {length / NANOSECONDS:.3f} s where {most} s are expected; fetch it again"
    return None


def last_position(measured: Measured) -> int:
    """Return the last position at which a medium shows something: its end in time, or its last rank."""
    return measured.duration if measured.unit == "second" else measured.duration - 1


def beyond(stream: Stream, measured: Measured) -> str | None:
    """Say that a stream ends beyond its medium, or None; a second is allowed, since annotations state whole ones."""
    last, slack = last_position(measured), SLACK if stream.unit == "second" else 0
    if to_position(stream.end, stream.unit) <= last + slack:
        return None
    end, unit = to_value(last, stream.unit), "s" if stream.unit == "second" else stream.unit
    return (
        f"ends at {stream.end}, beyond the end of {stream.media.path} ({end} {unit}); "
        "fetch the medium again, or correct the annotation"
    )


def _sound_questions(draft: Draft, streams: Sequence[BuiltStream], findings: Findings) -> Iterator[Question]:
    there = {built.stream.stream_id for built in streams}
    kept = [at for at, question in enumerate(draft.questions) if question.stream_id in there]
    for at, question in enumerate(draft.questions):
        if question.stream_id not in there:
            findings.lack("row", draft.places[at], f"left out: its stream {question.stream_id} is not there")
    places = [draft.places[at] for at in kept]
    asked = [draft.questions[at] for at in kept]
    faulty = set()
    for at, text in question_problems([built.stream for built in streams], asked, places):
        findings.lack("row", places[at], f"skipped: {text}")
        faulty.add(at)
    yield from (question for at, question in enumerate(asked) if at not in faulty)


def _grouped(reasons: Mapping[str, str]) -> dict[str, list[str]]:
    """Return every reason with the streams it holds for."""
    groups: dict[str, list[str]] = {}
    for stream_id, reason in reasons.items():
        groups.setdefault(reason, []).append(stream_id)
    return groups


def _listed(stream_ids: Sequence[str]) -> str:
    if len(stream_ids) == 1:
        return f"stream {stream_ids[0]}"
    return f"{len(stream_ids)} streams: {', '.join(stream_ids)}"
