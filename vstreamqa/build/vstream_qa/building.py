"""Build VStream-QA: annotations, downloads, four configs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import replace

from vstreamqa.build.assembling import BuildReport, Target, assemble
from vstreamqa.build.draft import Draft, Job
from vstreamqa.build.findings import Findings
from vstreamqa.build.vstream_qa.annotations import read_annotations
from vstreamqa.build.vstream_qa.downloads import Cutting, Downloads
from vstreamqa.build.vstream_qa.ego import EgoDrafts
from vstreamqa.build.vstream_qa.movie import MovieDrafts
from vstreamqa.build.vstream_qa.records import CLIPS, CONFIGS, QUESTIONS, SOURCES, Annotations, footage_of
from vstreamqa.suites.vstream_qa import SUITE


def build_vstream_qa(downloads: Downloads, target: Target, *, cutting: Cutting = "uncut") -> BuildReport:
    """Build the four configs.

    Args:
        downloads: what the user has fetched.
        target: where to, and how; its suite and facts are filled in here.
        cutting: `uncut` shows Ego4D videos as they are, RVS-Ego as one stream a video; `official` cuts them into the
            clips of the clip tables.

    Raises:
        UserError: a folder is not there, an archive is not to be trusted, no annotations can be read, or the target
            cannot be built into.
    """
    with closing(downloads):
        return _build(downloads, target, cutting)


def _build(downloads: Downloads, target: Target, cutting: Cutting) -> BuildReport:
    findings = Findings()
    annotations = {one.config: one for one in read_annotations(downloads.annotations, findings)}
    ego, movie = EgoDrafts(downloads, cutting), MovieDrafts(downloads, findings)
    drafts: list[Draft] = []
    for config in CONFIGS:
        one = annotations.get(config)
        if one is None:
            drafts.append(_absent(config, cutting, findings))
        else:
            drafts.append(ego.draft(one) if footage_of(config) == "ego" else movie.draft(one))
    _note_extra(downloads, annotations.values(), findings)
    jobs: list[Job] = [*ego.jobs.values(), *ego.cuts.jobs(), *movie.jobs.values()]
    facts = {"annotations": _layouts(annotations.values()), "clips": cutting, **ego.facts, **movie.facts}
    return assemble(replace(target, suite=SUITE.name, facts=facts), drafts, jobs, findings)


def _absent(config: str, cutting: Cutting, findings: Findings) -> Draft:
    findings.lack("missing", config, "no annotations of this config; fetch both vstream and vstream-realtime")
    merged = config == "rvs-ego" and cutting == "uncut"
    return Draft(
        config=config,
        streams=(),
        questions=(),
        places=(),
        expected_questions=QUESTIONS[config],
        expected_streams=SOURCES["ego"] if merged else CLIPS[config],
    )


def _layouts(annotations: Iterable[Annotations]) -> str:
    words = {"official": "the official files", "rekv": "files of the ReKV layout"}
    return " and ".join(dict.fromkeys(words[one.layout] for one in annotations))


def _note_extra(downloads: Downloads, annotations: Iterable[Annotations], findings: Findings) -> None:
    """Note media that no clip refers to."""
    for path in downloads.ego4d_folder.unused_videos() if downloads.ego4d_folder is not None else ():
        findings.note("extra", path, "no clip is cut from this video")
    for one in annotations:
        original = downloads.ego4d if footage_of(one.config) == "ego" else downloads.movienet
        for clip_id in _extra_clips(downloads, one) if original is None else ():
            findings.note("extra", f"{one.config}, clip {clip_id}", "is published, and in no clip table")


def _extra_clips(downloads: Downloads, annotations: Annotations) -> Iterator[str]:
    published = downloads.published(annotations.config) if annotations.layout == "official" else None
    known = {clip.clip_id for clip in annotations.clips}
    yield from (clip_id for clip_id in (published.clips() if published is not None else ()) if clip_id not in known)
