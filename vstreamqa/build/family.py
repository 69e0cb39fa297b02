"""Build a suite from annotations and a folder of videos."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path, PurePosixPath

from vstreamqa.build.assembling import BuildReport, Target, assemble
from vstreamqa.build.draft import Draft, Job
from vstreamqa.build.findings import Findings
from vstreamqa.build.lookup import MediaFolder, link_job
from vstreamqa.errors import UserError
from vstreamqa.schema import Media, Stream, Value
from vstreamqa.suites.family import Asked, Family, Lack
from vstreamqa.suites.form import MEDIA


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
    asked: list[Asked] = []
    for one in family.read(annotations):
        if isinstance(one, Lack):
            findings.lack("row", one.place, one.text)
        else:
            asked.append(one)
    library = _Library(MediaFolder(videos, "the videos"))
    by_config = {config: [one for one in asked if one.config == config] for config in family.configs}
    drafts = [_draft(family, config, group, library) for config, group in by_config.items()]
    for path in library.folder.unused_videos():
        findings.note("extra", path, "no question is asked about this video")
    return assemble(target, drafts, list(library.jobs.values()), findings)


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


def _draft(family: Family, config: str, asked: Sequence[Asked], library: _Library) -> Draft:
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
    return Draft(
        config=config,
        streams=tuple(streams),
        questions=tuple(one.question for one in asked),
        expected_questions=family.expected.get(config, len(asked)),
        expected_streams=len(by_stream),
        rows={one.question.question_id: one.place for one in asked},
        absent=absent,
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
