"""Check a built suite again: its tables, its counts, its hashes, and every medium from its first frame to its last."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from vstreamqa.build.findings import Finding, Findings
from vstreamqa.build.lengths import beyond
from vstreamqa.build.measuring import measure
from vstreamqa.build.writing import question_features, sha256, stream_features
from vstreamqa.errors import MediaError, UserError
from vstreamqa.schema import NANOSECONDS, Media, Question, Unit, to_position
from vstreamqa.suites.built import read_table
from vstreamqa.suites.check import question_problems
from vstreamqa.suites.form import (
    CARD,
    INDEX,
    QUESTIONS,
    STREAMS,
    STREAMS_SUFFIX,
    BuiltStream,
    ConfigIndex,
    SuiteIndex,
    content_hash,
    front_matter,
    question_of,
    read_index,
    stream_of,
    tables,
)
from vstreamqa.video.source import open_frames
from vstreamqa.video.types import Frame


@dataclass(frozen=True, slots=True)
class Validation:
    """What a check came to.

    Attributes:
        root: the suite's folder.
        index: what it says of itself.
        problems: everything that is wrong.
        media: how many media were read.
    """

    root: Path
    index: SuiteIndex
    problems: list[Finding] = field(default_factory=list)
    media: int = 0

    def lines(self) -> Iterator[str]:
        """Yield what there is of each config, and the outcome."""
        for name, one in self.index.configs.items():
            yield f"{self.index.suite}/{name}: {one.counts} ({'complete' if one.complete else 'partial'})"
        outcome = f"{len(self.problems)} problems" if self.problems else "no problem"
        yield f"{self.root}: {outcome}; {self.media} media read"


def validate(root: Path, *, workers: int) -> Validation:
    """Check the suite built at a folder; all problems are listed at once.

    Raises:
        UserError: no suite was built there, or its index cannot be read.
    """
    found = read_index(root)
    if found is None:
        raise UserError(f"{root}: no suite is built there; name the folder that `vstreamqa build` was given as --out")
    index, edition = found
    findings = Findings()
    _check_files(index, edition, findings)
    _check_card(index, root, findings)
    streams: dict[tuple[Media, Unit], list[BuiltStream]] = {}
    for name, entry in index.configs.items():
        if (entry.data_hash is None) != (entry.questions == 0):
            findings.lack(
                "count", name, f"{entry.questions} questions, and data hash {entry.data_hash}; build it again"
            )
        if entry.data_hash is not None:
            for built in _check_config(name, entry, edition, findings):
                streams.setdefault((built.stream.media, built.stream.unit), []).append(built)
    with ThreadPoolExecutor(workers) as pool:
        jobs = [pool.submit(_check_medium, media, unit, shown, root) for (media, unit), shown in streams.items()]
        for job in jobs:
            findings.found.extend(job.result())
    return Validation(root, index, findings.found, len(streams))


def _check_card(index: SuiteIndex, root: Path, findings: Findings) -> None:
    """Compare the configs of the card, which `datasets` reads, with those of the index."""
    configs = front_matter((root / CARD).read_text(encoding="utf-8")).get("configs", [])
    named = {str(one.get("config_name")) for one in configs if isinstance(one, dict)}
    built = {name for name, entry in index.configs.items() if entry.data_hash is not None}
    wanted = built | {name + STREAMS_SUFFIX for name in built}
    for name in sorted(named ^ wanted):
        what = "is not in the card" if name in wanted else "is in the card, and nothing of it is built"
        findings.lack("row", str(root / CARD), f"config {name!r} {what}; build the suite again")


def _check_files(index: SuiteIndex, edition: Path, findings: Findings) -> None:
    wanted = {path for name, entry in index.configs.items() if entry.data_hash is not None for path in tables(name)}
    for path in sorted(wanted ^ set(index.files)):
        findings.lack("missing", str(edition / INDEX), f"{path} is {'not ' * (path in wanted)}listed; build it again")
    for path, digest in index.files.items():
        file = edition / path
        if not file.is_file():
            findings.lack("missing", str(file), "not there; build the suite again")
        elif sha256(file) != digest:
            findings.lack("row", str(file), "is not the file that was built (SHA-256); build the suite again")


def _check_config(name: str, entry: ConfigIndex, edition: Path, findings: Findings) -> list[BuiltStream]:
    """Check the tables of a config; return its streams as far as they can be read."""
    _check_columns(edition / name / QUESTIONS, question_features(), findings)
    _check_columns(edition / name / STREAMS, stream_features(), findings)
    streams: list[BuiltStream] = _readable(edition / name / STREAMS, stream_of, findings)
    questions: list[Question] = _readable(edition / name / QUESTIONS, question_of, findings)
    if (len(questions), len(streams)) != (entry.questions, entry.streams):
        text = f"{len(questions)} questions on {len(streams)} streams where the index has {entry.questions} on "
        findings.lack("count", name, f"{text}{entry.streams}; build the suite again")
    elif content_hash(tuple(streams), tuple(questions)) != entry.data_hash:
        findings.lack("row", name, f"its content is not that of data hash {entry.data_hash}; build the suite again")
    places = [f"row {row}" for row in range(1, len(questions) + 1)]
    for at, text in question_problems([built.stream for built in streams], questions, places):
        findings.lack("row", f"{edition / name / QUESTIONS}: {places[at]}", text)
    return streams


def _check_columns(path: Path, features: Any, findings: Findings) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        schema = pq.read_schema(path)
    except (OSError, pa.ArrowException):
        return  # the file itself has been complained about
    wanted = {column.name: column.type for column in features.arrow_schema}
    there = {column.name: column.type for column in schema}
    for name in wanted.keys() | there.keys():
        if wanted.get(name) != there.get(name):
            text = f"column {name!r} is {there.get(name, 'missing')}, where {wanted.get(name, 'none')} is expected"
            findings.lack("row", str(path), f"{text}; build the suite again")


def _readable(path: Path, convert: Callable[..., Any], findings: Findings) -> list[Any]:
    try:
        return list(read_table(path, convert))
    except UserError as error:
        findings.lack("row", path.name, str(error))
        return []


def _check_medium(media: Media, unit: Unit, shown: Sequence[BuiltStream], root: Path) -> list[Finding]:
    """Measure a medium anew, and decode the first and the last frame of every stream that shows it."""
    findings = Findings()
    try:
        measured = measure(media, unit, root)
    except (MediaError, UserError) as error:
        findings.lack("media", media.path, str(error))
        return findings.found
    if measured.fingerprint != shown[0].fingerprint:
        findings.lack("media", media.path, "does not show what it showed when the suite was built; build it again")
    for stream in (built.stream for built in shown):
        problem = beyond(stream, measured)
        if problem is not None:
            findings.lack("length", f"stream {stream.stream_id}", problem)
    for position in _ends(shown, measured.duration):
        try:
            _decode(media, unit, position, root)
        except (MediaError, UserError) as error:
            findings.lack("media", media.path, str(error))
    return findings.found


def _ends(shown: Sequence[BuiltStream], duration: int) -> list[int]:
    """Return the positions of the first and the last frame of every stream."""
    positions = set()
    for stream in (built.stream for built in shown):
        positions.add(to_position(stream.start, stream.unit))
        positions.add(min(to_position(stream.end, stream.unit), duration - 1))
    return sorted(positions)


def _decode(media: Media, unit: Unit, position: int, root: Path) -> Frame:
    fps = None if unit != "second" else 1.0
    with closing(open_frames(media, root, unit=unit, fps=fps, start=position, end=position, prefetch=1)) as frames:
        frame = next(iter(frames), None)
    if frame is None:
        place = position / NANOSECONDS if unit == "second" else position
        raise UserError(f"{media.path}: no frame is shown at {place}; fetch the medium again")
    return frame
