"""Make a suite of any folder of videos and a file of questions about them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from vstreamqa.build.assembling import BuildReport, Target, assemble
from vstreamqa.build.draft import Draft, Job
from vstreamqa.build.findings import Findings
from vstreamqa.build.lookup import MediaFolder, link_folder_job, link_job
from vstreamqa.errors import MediaError, UserError
from vstreamqa.registry import MAX_FPS
from vstreamqa.schema import Question, Stream
from vstreamqa.suites import SUITES
from vstreamqa.suites.form import MEDIA
from vstreamqa.suites.own import make_own_question, make_own_stream
from vstreamqa.suites.own_row import read_own_row
from vstreamqa.suites.rows import Row, read_rows
from vstreamqa.video.images import ImageFolder

CONFIG = "default"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


def build_questions(videos: Path, questions: Path, target: Target, *, rate: float | None = None) -> BuildReport:
    """Build a suite of one config, `default`; its videos are linked, not copied.

    Args:
        videos: folder of the videos: files, folders of frames, `.npy` or `.safetensors` files, at any depth.
        questions: a JSON list, JSON Lines or CSV, as for one's own video, with one more field: `video`, the path below
            `videos`, the name, or the name without its suffix; it may be left out where there is only one video.
        target: what is built, and where.
        rate: frames per second of folders, arrays and feature files whose entries have times.

    Raises:
        UserError: the name cannot be a suite's, the questions cannot be read at all, or the folder cannot be used.
    """
    check_name(target.suite)
    if rate is not None and not 0 < rate <= MAX_FPS:
        raise UserError(f"--rate {rate}: must be above 0, and at most {MAX_FPS}")
    findings = Findings()
    library = _Library(MediaFolder(videos, "the videos with --videos"), rate)
    asked: list[Question] = []
    places: list[str] = []
    rows = read_rows(questions)
    for row in rows:
        question, faults = _read(row, library)
        place = f"{questions.name}, row {row.number}"
        for fault in faults:
            findings.lack("row", place, f"skipped: {fault}")
        if question is not None:
            asked.append(question)
            places.append(place)
    for path in library.folder.unused_videos():
        findings.note("extra", path, "no question is asked about this video")
    draft = Draft(
        config=CONFIG,
        streams=tuple(library.streams.values()),
        questions=tuple(asked),
        places=tuple(places),
        expected_questions=len(rows),
        expected_streams=len(library.streams) + len(library.faults),
    )
    return assemble(target, [draft], library.jobs, findings)


def check_name(name: str) -> None:
    """Raise `UserError` if a suite of one's own cannot have this name."""
    if not _NAME.fullmatch(name):
        raise UserError(
            f"a suite cannot be called {name!r}: letters, digits, dots, dashes and underscores only; give another name "
            "with --name"
        )
    if name in SUITES:
        raise UserError(f"{name!r} is the name of a suite that vstreamqa knows; give another with --name")


def _read(row: Row, library: _Library) -> tuple[Question | None, Sequence[str]]:
    if row.problem is not None or not isinstance(row.value, dict):
        return None, [row.problem or f"{row.value!r} is not an object; write fields with names"]
    fields: Mapping[str, Any] = {name: value for name, value in row.value.items() if name != "video"}
    try:
        stream = library.stream(row.value.get("video"))
    except (UserError, MediaError) as error:
        # Without its video nothing is known of its unit; the other fields are checked as for one in seconds.
        return None, [str(error), *read_own_row(fields, "second")[1]]
    own, faults = read_own_row(fields, stream.unit)
    return (None if own is None else make_own_question(own, stream)), faults


class _Library:
    """The videos that rows name, each described once."""

    def __init__(self, folder: MediaFolder, rate: float | None) -> None:
        self.folder = folder
        self.streams: dict[Path, Stream] = {}
        self.faults: dict[Path, UserError | MediaError] = {}
        self.jobs: list[Job] = []
        self._rate = rate

    def stream(self, name: Any) -> Stream:
        """Return the stream of a video.

        Raises:
            UserError: no video, or more than one, goes by the name.
            MediaError: the video cannot be read.
        """
        path = self._path(name)
        if path in self.faults:
            raise self.faults[path]
        if path not in self.streams:
            try:
                self.streams[path] = self._describe(path)
            except (UserError, MediaError) as error:
                self.faults[path] = error
                raise
        return self.streams[path]

    def _describe(self, path: Path) -> Stream:
        relative = path.relative_to(self.folder.root)
        place = f"{MEDIA}/{relative.as_posix()}"
        described = make_own_stream(path, self._rate if _has_no_times(path) else None)
        name = relative.as_posix() if path.is_dir() else relative.with_suffix("").as_posix()
        if any(stream.stream_id == name for stream in self.streams.values()):
            name = relative.as_posix()
        self.jobs.append(_job(path, place))
        media = msgspec.structs.replace(described.media, path=place)
        return msgspec.structs.replace(described, stream_id=name, source_id=name, media=media)

    def _path(self, name: Any) -> Path:
        if name is None:
            return self._only_video()
        if not isinstance(name, str) or not name.strip():
            raise UserError(f"video {name!r} is not a name; write the path of a video below {self.folder.root}")
        found = self.folder.file(name) or self.folder.video(name) or self.folder.folder(name)
        if found is None:
            raise UserError(f"video {name!r}: nothing of that name below {self.folder.root}")
        return found

    def _only_video(self) -> Path:
        videos = self.folder.videos()
        if len(videos) != 1:
            raise UserError(f"video is missing, and {self.folder.root} holds {len(videos)} videos; name one")
        return videos[0]


def _has_no_times(path: Path) -> bool:
    """Say whether a rate is needed: keyframes have ranks, and video files state their own."""
    return not ImageFolder(path).by_shot if path.is_dir() else path.suffix.lower() in (".npy", ".safetensors")


def _job(path: Path, place: str) -> Job:
    """Return the job that links a video; of a folder every file, so that nothing is ever written into it."""
    if not path.is_dir():
        return link_job(path, place)
    return link_folder_job(path, sorted(entry.name for entry in path.iterdir() if entry.is_file()), place)
