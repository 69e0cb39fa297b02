"""Draft the two configs on Ego4D: prefixes of hour-long videos (RVS), windows of them (VS)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from vstreamqa.build.draft import Draft, Job
from vstreamqa.build.lookup import MediaFolder, link_job
from vstreamqa.build.vstream_qa.cuts import Cuts
from vstreamqa.build.vstream_qa.downloads import Cutting, Downloads, unnamed_clips
from vstreamqa.build.vstream_qa.published import Published, where_published
from vstreamqa.build.vstream_qa.records import CLIPS, QUESTIONS, REKV_WINDOWS, SOURCES, Annotations, Clip
from vstreamqa.errors import UserError
from vstreamqa.schema import Media, Question, Stream, Value
from vstreamqa.suites.form import MEDIA
from vstreamqa.suites.formats import natural_format

LICENCE = "Ego4D License Agreement"
RATE = 1.0
"""Frames per second of the published frames and features."""


@dataclass(frozen=True, slots=True)
class _Found:
    """The medium of a stream and what makes it.

    Attributes:
        media: the medium.
        job: what makes it, None for a clip that is to be cut.
        entries: how many frames it may have, None for videos.
        whole: it is a video that shows the stream and nothing more.
    """

    media: Media
    job: Job | None
    entries: tuple[int, int] | None = None
    whole: bool = False


class EgoDrafts:
    """Drafts configs, and collects the jobs that place their media.

    Attributes:
        jobs: those of all configs drafted so far, by path.
        cuts: the clips to be cut.
        facts: config to where its pictures are taken from, in words.
    """

    def __init__(self, downloads: Downloads, cutting: Cutting) -> None:
        self.jobs: dict[str, Job] = {}
        self.cuts = Cuts()
        self.facts: dict[str, str] = {}
        self._downloads = downloads
        self._cutting = cutting

    def draft(self, annotations: Annotations) -> Draft:
        """Draft one config."""
        merged = annotations.config == "rvs-ego" and self._cutting == "uncut"
        clips = _longest(annotations) if merged else {clip.clip_id: clip for clip in annotations.clips}
        locate = _Locator(annotations, self._downloads, self._cutting, self.cuts)
        self.facts[annotations.config] = locate.fact
        streams: list[Stream] = []
        absent: dict[str, str] = {}
        entries: dict[str, tuple[int, int]] = {}
        longest: dict[str, Value] = {}
        for stream_id, clip in clips.items():
            found = locate.find(clip)
            if isinstance(found, str):
                absent[stream_id] = found
                continue
            stream = _stream(stream_id, clip, found.media)
            streams.append(stream)
            locate.cut(stream)
            if found.job is not None:
                self.jobs[found.media.path] = found.job
            if found.entries is not None:
                entries[stream_id] = found.entries
            if found.whole:
                longest[stream_id] = clip.end.number - clip.start.number
        return Draft(
            config=annotations.config,
            streams=tuple(streams),
            questions=tuple(_questions(annotations, merged=merged)),
            expected_questions=QUESTIONS[annotations.config],
            expected_streams=expected_streams(annotations, self._cutting),
            places=tuple(question.place for question in annotations.questions),
            absent=absent,
            entries=entries,
            longest=longest,
            trimmed=merged,
        )


def expected_streams(annotations: Annotations, cutting: Cutting) -> int:
    """Return how many streams the whole config has, by layout of the annotations and of the videos."""
    if annotations.config == "rvs-ego" and cutting == "uncut":
        return SOURCES["ego"]
    return (CLIPS if annotations.layout == "official" else REKV_WINDOWS)[annotations.config]


def _longest(annotations: Annotations) -> dict[str, Clip]:
    """Return the longest prefix of each video, by the video: all others are moments of its playback."""
    longest: dict[str, Clip] = {}
    for clip in annotations.clips:
        if clip.source not in longest or clip.end.number > longest[clip.source].end.number:
            longest[clip.source] = clip
    return longest


def _stream(stream_id: str, clip: Clip, media: Media) -> Stream:
    return Stream(
        stream_id=stream_id,
        source_id=clip.source,
        media=media,
        unit="second",
        start=clip.start.number,
        end=clip.end.number,
        licence=LICENCE,
    )


def _questions(annotations: Annotations, *, merged: bool) -> Iterator[Question]:
    for asked in annotations.questions:
        yield Question(
            question_id=asked.question_id,
            stream_id=asked.source if merged else asked.clip_id,
            source_id=asked.source,
            time=asked.end.number,
            text=asked.text,
            format=natural_format(asked.answer),
            answer=asked.answer,
            category=asked.category,
            evidence=(asked.start.number, asked.end.number),
            row=asked.digest,
        )


class _Locator:
    """Finds the medium of a clip in the first of the downloads that has the config: features, originals, published.

    Attributes:
        fact: which one that is, in words.
    """

    def __init__(self, annotations: Annotations, downloads: Downloads, cutting: Cutting, cuts: Cuts) -> None:
        self._annotations = annotations
        self._downloads = downloads
        self._cut = cutting == "official"
        self._cuts = cuts
        self._lengths = _frames_by_clip(annotations)
        self._originals: dict[str, Path] = {}
        self._published: Published | None = None
        self._features = downloads.feature_folder(annotations.config)
        if self._features is not None:
            self.fact = f"features, {RATE:g} a second"
        elif downloads.ego4d is not None:
            self.fact = "Ego4D originals, cut into clips" if self._cut else "Ego4D originals, uncut"
        else:
            self._published = downloads.published(annotations.config)
            self.fact = "nowhere" if self._published is None else self._published.fact

    def find(self, clip: Clip) -> _Found | str:
        """Return the medium of a clip, or why there is none."""
        if self._features is not None:
            return self._from_features(clip, self._features)
        if self._downloads.ego4d_folder is not None:
            return self._original(clip, self._downloads.ego4d_folder)
        if self._published is not None:
            return self._from_published(clip, self._published)
        if self._downloads.frames is not None:
            return f"no pictures below {self._downloads.frames}: looked for {where_published(self._annotations.config)}"
        return "no pictures: name their folder with --ego4d, --frames or --features"

    def cut(self, stream: Stream) -> None:
        """Have the stream's medium cut, if that is how it comes about."""
        original = self._originals.get(stream.media.path)
        if original is not None:
            self._cuts.add(original, stream)

    def _original(self, clip: Clip, videos: MediaFolder) -> _Found | str:
        try:
            original = videos.video(clip.source, ("full_scale",))
        except UserError as error:
            return str(error)
        if original is None:
            return f"no {clip.source}.mp4 below {self._downloads.ego4d}; fetch it with the Ego4D downloader"
        if not self._cut:
            path = f"{MEDIA}/ego4d/{clip.source}{original.suffix}"
            return _Found(Media(kind="video", path=path), link_job(original, path))
        path = f"{MEDIA}/{self._annotations.config}/{clip.clip_id}.mp4"
        self._originals[path] = original
        return _Found(Media(kind="video", path=path, origin=clip.start.number), None)

    def _from_published(self, clip: Clip, published: Published) -> _Found | str:
        path = f"{MEDIA}/{self._annotations.config}/{clip.clip_id}"
        names = published.pictures(clip.clip_id)
        if names:
            media = Media(kind="frames", path=path, rate=RATE, origin=clip.start.number)
            return _Found(media, published.pictures_job(clip.clip_id, names, path), self._entries(clip))
        video = published.video(clip.clip_id)
        if video is None:
            return f"no clip {clip.clip_id} in the {published.fact}{unnamed_clips(self._annotations)}"
        path += Path(video).suffix
        media = Media(kind="video", path=path, origin=clip.start.number)
        return _Found(media, published.video_job(clip.clip_id, path), whole=True)

    def _from_features(self, clip: Clip, folder: Path) -> _Found | str:
        found = self._downloads.feature_file(folder, self._annotations.config, clip.clip_id)
        if isinstance(found, str):
            return found + unnamed_clips(self._annotations)
        path, job = found
        media = Media(kind="features", path=path, rate=RATE, origin=clip.start.number)
        return _Found(media, job, self._entries(clip))

    def _entries(self, clip: Clip) -> tuple[int, int]:
        """Return how many frames a clip has at one a second: as many as it is said to have, or one more."""
        least = self._lengths.get(clip.clip_id, int(clip.end.number - clip.start.number))
        return least, least + 1


def _frames_by_clip(annotations: Annotations) -> Mapping[str, int]:
    return {asked.clip_id: asked.frames for asked in annotations.questions if asked.frames is not None}
