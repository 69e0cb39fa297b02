"""Draft the two configs on MovieNet: clips of films (RVS), windows of them (VS), counted in keyframes.

A stream's ranks count the keyframes from its clip's first shot to its last, whichever folder they come from.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from vstreamqa.build.draft import Draft, Job
from vstreamqa.build.findings import Findings
from vstreamqa.build.lookup import link_folder_job
from vstreamqa.build.vstream_qa.downloads import Downloads, unnamed_clips
from vstreamqa.build.vstream_qa.keyframes import Keyframes
from vstreamqa.build.vstream_qa.published import Published, where_published
from vstreamqa.build.vstream_qa.records import CLIPS, QUESTIONS, REKV_WINDOWS, AnnotatedQuestion, Annotations, Clip
from vstreamqa.errors import UserError
from vstreamqa.schema import Media, Question, Stream
from vstreamqa.suites.form import MEDIA
from vstreamqa.suites.formats import natural_format

LICENCE = "MovieNet terms of use"
_LISTED = 5


class MovieDrafts:
    """Drafts configs, and collects the jobs that place their media.

    Attributes:
        jobs: those of all configs drafted so far, by path.
        facts: config to where its pictures are taken from, in words.
    """

    def __init__(self, downloads: Downloads, findings: Findings) -> None:
        self.jobs: dict[str, Job] = {}
        self.facts: dict[str, str] = {}
        self._downloads = downloads
        self._findings = findings

    def draft(self, annotations: Annotations) -> Draft:
        """Draft one config."""
        library = _Library(annotations, self._downloads)
        self.facts[annotations.config] = library.fact
        names = _stream_names(annotations)
        streams: list[Stream] = []
        absent: dict[str, str] = {}
        entries: dict[str, tuple[int, int]] = {}
        ranks: dict[str, Keyframes] = {}
        for clip in annotations.clips:
            stream_id = names[clip.clip_id]
            found = library.find(clip)
            if isinstance(found, str):
                absent[stream_id] = found
                continue
            keyframes, media, job = found
            self.jobs[media.path] = job
            ranks[clip.clip_id] = keyframes
            entries[stream_id] = library.entries(clip, keyframes)
            streams.append(_stream(stream_id, clip, media, len(keyframes)))
        asked = list(self._questions(annotations, names, ranks))
        return Draft(
            config=annotations.config,
            streams=tuple(streams),
            questions=tuple(question for question, _ in asked),
            places=tuple(place for _, place in asked),
            expected_questions=QUESTIONS[annotations.config],
            expected_streams=(CLIPS if annotations.layout == "official" else REKV_WINDOWS)[annotations.config],
            absent=absent,
            entries=entries,
        )

    def _questions(
        self, annotations: Annotations, names: dict[str, str], ranks: dict[str, Keyframes]
    ) -> Iterator[tuple[Question, str]]:
        for asked in annotations.questions:
            keyframes = ranks.get(asked.clip_id)
            if keyframes is None:
                self._findings.lack("row", asked.place, f"left out: its clip {asked.clip_id} is not there")
                continue
            try:
                yield _question(asked, names[asked.clip_id], keyframes), asked.place
            except ValueError as error:
                self._findings.lack(
                    "row", asked.place, f"skipped: {error} in clip {asked.clip_id}; fetch its keyframes"
                )


def _stream_names(annotations: Annotations) -> dict[str, str]:
    """Return clip to stream: streams of RVS are named after the film, unless two show the same one."""
    films = [clip.source for clip in annotations.clips]
    by_film = annotations.config == "rvs-movie" and len(set(films)) == len(films)
    return {clip.clip_id: clip.source if by_film else clip.clip_id for clip in annotations.clips}


def _stream(stream_id: str, clip: Clip, media: Media, keyframes: int) -> Stream:
    return Stream(
        stream_id=stream_id,
        source_id=clip.source,
        media=media,
        unit="keyframe",
        start=0,
        end=keyframes - 1,
        licence=LICENCE,
    )


def _question(asked: AnnotatedQuestion, stream_id: str, keyframes: Keyframes) -> Question:
    first, last = keyframes.first_rank(asked.start), keyframes.last_rank(asked.end)
    return Question(
        question_id=asked.question_id,
        stream_id=stream_id,
        source_id=asked.source,
        time=last,
        text=asked.text,
        format=natural_format(asked.answer),
        answer=asked.answer,
        category=asked.category,
        evidence=(first, last),
        row=asked.digest,
    )


class _Library:
    """Finds the keyframes of a clip in the first of the downloads that has the config: originals, then published.

    Features take their place, but not their names: only the names of keyframes say which rank a shot has.

    Attributes:
        fact: where they are from, in words.
    """

    def __init__(self, annotations: Annotations, downloads: Downloads) -> None:
        self._annotations = annotations
        self._downloads = downloads
        self._lengths = {one.clip_id: one.frames for one in annotations.questions if one.frames is not None}
        self._published: Published | None = None
        if downloads.movienet is not None:
            self.fact = "MovieNet keyframes"
        else:
            self._published = downloads.published(annotations.config)
            self.fact = "nowhere" if self._published is None else self._published.fact
        self._features = downloads.feature_folder(annotations.config)
        if self._features is not None:
            self.fact = f"features; ranks from {self.fact}"

    def find(self, clip: Clip) -> tuple[Keyframes, Media, Job] | str:
        """Return the keyframes of a clip, its medium and the job that places it, or why there is none."""
        try:
            folder, every = self._names(clip)
            keyframes = Keyframes(every).between(clip.start, clip.end)
        except (UserError, ValueError) as error:
            return str(error)
        if (reason := self._gap(clip, keyframes)) is not None:
            return reason
        return self._medium(clip, keyframes, folder)

    def entries(self, clip: Clip, keyframes: Keyframes) -> tuple[int, int]:
        """Return how many keyframes a clip has: as many as it is said to have, or as its names say."""
        length = self._lengths.get(clip.clip_id, len(keyframes))
        return length, length

    def _names(self, clip: Clip) -> tuple[Path | None, tuple[str, ...]]:
        """Return the names of keyframes that may be a clip's, and the folder they lie in, None if in an archive."""
        if self._downloads.movienet_folder is not None:
            folder = self._downloads.movienet_folder.folder(clip.source)
            if folder is None:
                raise UserError(f"no folder {clip.source} below {self._downloads.movienet}; fetch its keyframes")
            return folder, tuple(path.name for path in folder.iterdir())
        if self._published is None:
            if self._downloads.frames is not None:
                place = f"{self._downloads.frames}: looked for {where_published(self._annotations.config)}"
                raise UserError(f"no keyframes below {place}")
            raise UserError("no keyframes: name their folder with --movienet or --frames")
        names = self._published.pictures(clip.clip_id)
        if not names:
            hint = unnamed_clips(self._annotations)
            raise UserError(f"no clip {clip.clip_id} in the {self._published.fact}{hint}")
        return None, names

    def _gap(self, clip: Clip, keyframes: Keyframes) -> str | None:
        """Say which shots lack keyframes, unless there are as many keyframes as the annotations say."""
        missing = keyframes.missing_shots(clip.start, clip.end)
        if not missing or self._lengths.get(clip.clip_id) == len(keyframes):
            return None
        listed = ", ".join(map(str, missing[:_LISTED])) + (", ..." if len(missing) > _LISTED else "")
        lack = f"{len(missing)} of its shots have no keyframe ({listed})"
        return f"clip {clip.clip_id}: {lack}; fetch those of {clip.source}"

    def _medium(self, clip: Clip, keyframes: Keyframes, folder: Path | None) -> tuple[Keyframes, Media, Job] | str:
        config = self._annotations.config
        if self._features is not None:
            found = self._downloads.feature_file(self._features, config, clip.clip_id)
            if isinstance(found, str):
                return found + unnamed_clips(self._annotations)
            path, job = found
            return keyframes, Media(kind="features", path=path), job
        path = f"{MEDIA}/{config}/{clip.clip_id}"
        if folder is not None:
            job = link_folder_job(folder, keyframes.names, path)
        else:
            assert self._published is not None
            job = self._published.pictures_job(clip.clip_id, keyframes.names, path)
        return keyframes, Media(kind="frames", path=path), job
