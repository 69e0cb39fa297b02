"""Make a suite of drafts: put the media in place, check everything, keep what is there, write it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from vstreamqa.atomic import write_atomically
from vstreamqa.build.claiming import claimed, named_errors, shown_media
from vstreamqa.build.draft import Draft, Job
from vstreamqa.build.findings import Finding, Findings
from vstreamqa.build.lengths import beyond, entries_problem, trimmed
from vstreamqa.build.placing import Placed, place
from vstreamqa.build.writing import Written, write_suite
from vstreamqa.schema import Question, Record
from vstreamqa.suites.check import question_problems
from vstreamqa.suites.form import (
    FORM,
    REPORT,
    BuiltStream,
    ConfigIndex,
    SuiteIndex,
    content_hash,
    expected,
)

DEFAULT_WORKERS = 2


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
    with claimed(target.out, target.suite), named_errors(target.out):
        streams = [stream for draft in drafts for stream in draft.streams]
        protected = frozenset(shown_media(target.out))
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
        shown = trimmed(stream, measured) if draft.trimmed else stream
        problem = entries_problem(stream, measured, draft) or beyond(shown, measured)
        if problem is not None:
            findings.lack("length", f"{draft.config}, stream {stream.stream_id}", problem)
            continue
        yield BuiltStream(stream=shown, fingerprint=measured.fingerprint)
    for reason, stream_ids in _grouped(faults).items():
        findings.lack("media", draft.config, f"{reason} ({_listed(stream_ids)})")


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
