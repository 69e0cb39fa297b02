"""Make a suite of drafts: put the media in place, check everything, keep what is there, write it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
from filelock import FileLock, Timeout

from vstreamqa.build.draft import Draft, Job
from vstreamqa.build.findings import Finding, Findings
from vstreamqa.build.measuring import Measured
from vstreamqa.build.placing import WORK, Placed, place
from vstreamqa.build.writing import Written, write_suite
from vstreamqa.errors import UserError
from vstreamqa.runs.lines import write_atomically
from vstreamqa.schema import NANOSECONDS, Question, Record, Stream, to_position, to_value
from vstreamqa.suites.base import SuiteConfig
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
    with claimed(target.out, target.suite):
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


def _check_folder(out: Path, suite: str) -> None:
    if out.exists() and not out.is_dir():
        raise UserError(f"{out}: is a file; name a folder with --out")
    if not out.is_dir():
        return
    found = read_index(out)
    if found is not None and found[0].suite != suite:
        raise UserError(f"{out}: holds the suite {found[0].suite!r}; name another --out for {suite!r}")
    if found is None and not (out / WORK).is_dir() and any(out.iterdir()):
        raise UserError(f"{out}: is not empty, and no suite was built there; name an empty folder with --out")


def _shown_media(out: Path) -> Iterator[str]:
    """Yield the paths of the media that the suite standing at a folder shows."""
    found = read_index(out)
    if found is None:
        return
    index, edition = found
    for name, entry in index.configs.items():
        if entry.data_hash is not None:
            yield from (built.stream.media.path for built in read_table(edition / name / STREAMS, stream_of))


def _resolve(draft: Draft, placed: Placed, findings: Findings) -> Written:
    """Return what is there of a draft, and note everything that is not."""
    for reason, stream_ids in _grouped(draft.absent).items():
        findings.lack("missing", draft.config, f"{reason} ({_listed(stream_ids)})")
    streams = tuple(_sound_streams(draft, placed, findings))
    there = {built.stream.stream_id for built in streams}
    asked = tuple(question for question in draft.questions if question.stream_id in there)
    written = Written(
        config=draft.config,
        streams=streams,
        questions=tuple(_sound_questions(draft, streams, asked, findings)),
        closed=draft.closed,
    )
    index = _index(written, draft)
    if not index.complete:
        findings.lack(
            "count",
            draft.config,
            f"{index.questions} questions where {index.expected_questions} are expected, {index.streams} streams "
            f"where {index.expected_streams} are; add what is missing, or build a partial suite with --allow-missing",
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
        problem = _length_problem(stream, measured, draft.entries.get(stream.stream_id))
        if problem is not None:
            findings.lack("length", f"{draft.config}, stream {stream.stream_id}", problem)
            continue
        yield BuiltStream(stream=stream, fingerprint=measured.fingerprint)
    for reason, stream_ids in _grouped(faults).items():
        findings.lack("media", draft.config, f"{reason} ({_listed(stream_ids)})")


def _length_problem(stream: Stream, measured: Measured, entries: tuple[int, int] | None) -> str | None:
    """Say how a medium falls short of the stream that is to show it, or None."""
    if entries is not None and measured.entries is not None and not entries[0] <= measured.entries <= entries[1]:
        wanted = f"{entries[0]}" if entries[0] == entries[1] else f"{entries[0]} to {entries[1]}"
        return f"{stream.media.path} holds {measured.entries} frames where {wanted} are expected; fetch it again"
    last = measured.duration if stream.unit == "second" else measured.duration - 1
    slack = SLACK if stream.unit == "second" else 0
    if to_position(stream.end, stream.unit) <= last + slack:
        return None
    end, unit = to_value(last, stream.unit), "s" if stream.unit == "second" else stream.unit
    return (
        f"ends at {stream.end}, beyond the end of {stream.media.path} ({end} {unit}); "
        "fetch the medium again, or correct the annotation"
    )


def _sound_questions(
    draft: Draft, streams: tuple[BuiltStream, ...], questions: tuple[Question, ...], findings: Findings
) -> Iterator[Question]:
    config = SuiteConfig(
        suite="",
        config=draft.config,
        root=Path(),
        streams=tuple(built.stream for built in streams),
        questions=questions,
        data_hash="",
    )
    problems: dict[int, list[str]] = {}
    for index, text in question_problems(config):
        problems.setdefault(index, []).append(text)
    for index, question in enumerate(questions):
        for text in problems.get(index, ()):
            place = draft.rows.get(question.question_id, f"{draft.config}, question {question.question_id}")
            findings.lack("row", place, f"skipped: {text}")
        if index not in problems:
            yield question


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
