"""A set as large as the real one: 99 prefixes and 246 windows of 10 videos, 83 windows of 22 films."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count, cycle, islice
from pathlib import Path
from typing import Any

import numpy as np
from downloads import ego_clip, film_clip, write
from footage import Encoding, regular, write_video
from PIL import Image

from vstreamqa import load_suite
from vstreamqa.build.assembling import Target
from vstreamqa.build.findings import Findings
from vstreamqa.build.vstream_qa.annotations import read_annotations
from vstreamqa.build.vstream_qa.building import build_vstream_qa
from vstreamqa.build.vstream_qa.downloads import Downloads
from vstreamqa.build.vstream_qa.records import ANSWER_TYPES

EGO = [f"{number:08x}-0000-4000-8000-000000000000" for number in range(10)]
FILMS = [f"tt{number:07d}" for number in range(22)]
PREFIX_SECONDS, SHOTS_A_WINDOW = 10, 3

Window = tuple[str, str, int, int]
"""Clip, source, start, end."""


def prefixes() -> Iterator[tuple[str, int]]:
    ends = ((source, PREFIX_SECONDS * (number + 1)) for source in EGO for number in range(10))
    return islice(ends, 99)


def ego_windows() -> Iterator[Window]:
    names = count()
    for number, (source, end) in enumerate(prefixes()):
        for start in range(3 if number < 48 else 2):
            yield f"{next(names):06d}", source, end - PREFIX_SECONDS + start, end


def film_windows() -> Iterator[Window]:
    names = count()
    for number, film in enumerate(FILMS):
        for window in range(4 if number < 17 else 3):
            first = 5 + window * SHOTS_A_WINDOW
            yield f"{next(names):06d}", film, first, first + SHOTS_A_WINDOW - 1


def shared(total: int, windows: list[Window]) -> Iterator[Window]:
    """Yield the window of each of so many questions, all windows about equally often, in their order."""
    least, more = divmod(total, len(windows))
    for number, window in enumerate(windows):
        yield from [window] * (least + (number < more))


def questions(windows: Iterator[Window], clip_of: Any, frames_of: Any, window_of: Any) -> Iterator[dict[str, Any]]:
    types = cycle(ANSWER_TYPES)
    for number, window in enumerate(windows):
        row = {"id": str(number), "video_id": clip_of(window), "video_name": window[1], "duration": frames_of(window)}
        row |= {"question": f"What is number {number}?", "answer": "Yes." if number % 2 else "A thing."}
        yield row | {"answer_type": next(types)} | window_of(window)


def write_annotations(root: Path) -> None:
    ego, films = list(ego_windows()), list(film_windows())
    ends = {end: f"{number:06d}" for number, end in enumerate(prefixes())}
    clips = {film: f"{number:06d}" for number, film in enumerate(FILMS)}
    last = {film: max(window[3] for window in films if window[1] == film) for film in FILMS}
    realtime, offline = root / "vstream-realtime", root / "vstream"
    write(realtime / "rvs_ego.json", [ego_clip(name, source, 0, end) for (source, end), name in ends.items()])
    write(offline / "vs_ego.json", [ego_clip(*window) for window in ego])
    write(realtime / "rvs_movie.json", [film_clip(name, film, 5, last[film]) for film, name in clips.items()])
    write(offline / "vs_movie.json", [film_clip(*window) for window in films])
    asked, filmed = list(shared(1465, ego)), list(shared(1905, films))
    write(
        realtime / "test_qa_ego4d.json",
        list(
            questions(
                iter(asked),
                lambda w: ends[w[1], w[3]],
                lambda w: w[3],
                lambda w: {"start_time": w[2], "end_time": w[3]},
            )
        ),
    )
    write(
        realtime / "test_qa_movienet.json",
        list(
            questions(
                iter(filmed),
                lambda w: clips[w[1]],
                lambda w: (last[w[1]] - 4) * 3,
                lambda w: {"start_time": f"shot_{w[2]:04d}_img_0.jpg", "end_time": f"shot_{w[3]:04d}_img_2.jpg"},
            )
        ),
    )
    write(
        offline / "test_qa_ego4d.json",
        list(questions(iter(asked), lambda w: w[0], lambda w: w[3] - w[2], lambda w: {})),
    )
    write(
        offline / "test_qa_movienet.json",
        list(questions(iter(filmed), lambda w: w[0], lambda w: SHOTS_A_WINDOW * 3, lambda w: {})),
    )


def write_media(root: Path) -> None:
    (root / "ego4d").mkdir()
    first = write_video(root / "ego4d" / f"{EGO[0]}.mp4", regular(202, 2), Encoding(fps=2, size=(32, 32)))
    for source in EGO[1:]:
        (root / "ego4d" / f"{source}.mp4").write_bytes(first.read_bytes())
    picture = Image.fromarray(np.zeros((8, 8, 3), np.uint8))
    for film in FILMS:
        folder = root / "movienet" / film
        folder.mkdir(parents=True)
        for shot in range(20):
            for image in range(3):
                picture.save(folder / f"shot_{shot:04d}_img_{image}.jpg")


def test_the_pinned_counts_are_met_by_a_set_of_the_real_size(tmp_path: Path) -> None:
    write_annotations(tmp_path / "annotations")
    write_media(tmp_path)
    downloads = Downloads(
        annotations=tmp_path / "annotations", ego4d=tmp_path / "ego4d", movienet=tmp_path / "movienet"
    )
    report = build_vstream_qa(downloads, Target(suite="", out=tmp_path / "out"))
    assert report.written
    assert not [one for one in report.findings if one.incomplete]
    assert {name: (entry.questions, entry.streams) for name, entry in report.configs.items()} == {
        "rvs-ego": (1465, 10),
        "rvs-movie": (1905, 22),
        "vs-ego": (1465, 246),
        "vs-movie": (1905, 83),
    }
    rvs = load_suite("vstream-qa/rvs-ego", data=tmp_path / "out")
    assert len({(question.stream_id, question.time) for question in rvs.questions}) == 99
    assert rvs.shortfall is None
    films = load_suite("vstream-qa/rvs-movie", data=tmp_path / "out")
    assert {question.time for question in films.questions if question.stream_id == FILMS[0]} == {8, 17, 26, 35}


def test_the_rekv_layout_of_the_real_size_has_243_windows(tmp_path: Path) -> None:
    windows = [window for number, window in enumerate(ego_windows()) if number not in (0, 3, 6)]
    videos: dict[str, list[dict[str, Any]]] = {source: [] for source in EGO}
    for number, (_, source, start, end) in enumerate(shared(1465, windows)):
        row = {"question": f"What is number {number}?", "answer": "A thing.", "start_time": start, "end_time": end}
        videos[source].append(row)
    write(tmp_path / "ego4d_oe.json", [{"video_id": name, "conversations": rows} for name, rows in videos.items()])
    findings = Findings()
    found = {one.config: one for one in read_annotations(tmp_path, findings)}
    assert (len(found["vs-ego"].clips), len(found["rvs-ego"].clips)) == (243, 99)
    assert not [one for one in findings.found if one.incomplete]
    assert any(
        "243 windows are told from the questions, the official table has 246" in one.text for one in findings.found
    )
