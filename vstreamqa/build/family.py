"""Build a suite from annotations and a folder of videos."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path, PurePosixPath

from vstreamqa.build.assembling import BuildReport, Target, assemble
from vstreamqa.build.draft import Draft, Job
from vstreamqa.build.findings import Findings
from vstreamqa.build.lookup import MediaFolder, link_job
from vstreamqa.errors import UserError, VStreamQAError
from vstreamqa.schema import Media, Stream, Value
from vstreamqa.suites.check import shown
from vstreamqa.suites.family import Asked, Family, Lack
from vstreamqa.suites.form import MEDIA
from vstreamqa.suites.paths import path_problem


def build_family(family: Family, annotations: Path, videos: Path, target: Target) -> BuildReport:
    """Build a family's suite; its videos are linked, not copied.

    Args:
        family: the family.
        annotations: folder of its annotation files.
        videos: folder of its videos, at any depth.
        target: what is built, and where.

    Raises:
        UserError: a folder is not there, no annotations can be read, or the target cannot be built into.
    """
    if not annotations.is_dir():
        raise UserError(f"{annotations}: no such folder; name the folder of the annotations")
    findings = Findings()
    asked: dict[str, list[Asked]] = {config: [] for config in family.configs}
    lacking: set[str] = set()
    videos_of: dict[tuple[str, str], Asked] = {}
    for one in family.read(annotations):
        fault = one if isinstance(one, Lack) else _fault(one, videos_of)
        if one.config not in asked:
            raise VStreamQAError(f"{family.name} reads config {one.config!r}, which is none of {family.configs}")
        if fault is not None:
            findings.lack("row", fault.place, fault.text)
            lacking.add(one.config)
        elif isinstance(one, Asked):
            asked[one.config].append(one)
    library = _Library(MediaFolder(videos, "the videos with --videos"))
    drafts = [_draft(family, config, group, library, whole=config not in lacking) for config, group in asked.items()]
    for path in library.folder.unused_videos():
        findings.note("extra", path, "no question is asked about this video")
    return assemble(target, drafts, list(library.jobs.values()), findings)


def _fault(asked: Asked, videos_of: dict[tuple[str, str], Asked]) -> Lack | None:
    """Say what is wrong with how a question names its video."""
    for text in (asked.video, *((asked.folder,) if asked.folder else ())):
        problem = path_problem(text)
        if problem is not None:
            return Lack(asked.config, asked.place, f"skipped: video {shown(text)} {problem}")
    other = videos_of.setdefault((asked.config, asked.question.stream_id), asked)
    if (other.video, other.folder) != (asked.video, asked.folder):
        stream = asked.question.stream_id
        text = f"skipped: stream {stream!r} shows {shown(asked.video)} here and {shown(other.video)} in {other.place}"
        return Lack(asked.config, asked.place, f"{text}; give one of them another name")
    return None


class _Library:
    """The videos of a suite: where each is found, and the job that links it."""

    def __init__(self, folder: MediaFolder) -> None:
        self.folder = folder
        self.jobs: dict[str, Job] = {}

    def media(self, asked: Asked) -> Media | str:
        """Return the medium of a question's video, or why there is none."""
        try:
            found = self.folder.file(asked.video, (asked.folder,) if asked.folder else ())
        except UserError as error:
            return str(error)
        if found is None:
            return f"no {asked.video} below {self.folder.root}"
        path = PurePosixPath(MEDIA, asked.folder, asked.video).as_posix()
        self.jobs.setdefault(path, link_job(found, path))
        return Media(kind="video", path=path)


def _draft(family: Family, config: str, asked: Sequence[Asked], library: _Library, *, whole: bool) -> Draft:
    by_stream: dict[str, list[Asked]] = {}
    for one in asked:
        by_stream.setdefault(one.question.stream_id, []).append(one)
    streams: list[Stream] = []
    absent: dict[str, str] = {}
    for stream_id, group in by_stream.items():
        media = library.media(group[0])
        if isinstance(media, str):
            absent[stream_id] = media
        else:
            streams.append(_stream(stream_id, group, media))
    expected = family.expected.get(config, len(asked) if whole else None)
    return Draft(
        config=config,
        streams=tuple(streams),
        questions=tuple(one.question for one in asked),
        places=tuple(one.place for one in asked),
        expected_questions=expected,
        expected_streams=len(by_stream) if expected == len(asked) else None,
        absent=absent,
        trimmed=True,
    )


def _stream(stream_id: str, asked: Iterable[Asked], media: Media) -> Stream:
    group = list(asked)
    return Stream(
        stream_id=stream_id,
        source_id=group[0].question.source_id,
        media=media,
        unit="second",
        start=0,
        end=max(_last(one) for one in group),
    )


def _last(asked: Asked) -> Value:
    return asked.question.time if asked.until is None else max(asked.until, asked.question.time)
