"""Fake downloads in the form of the real ones: Ego4D, MovieNet, the annotations and archives of VStream-QA."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from footage import Encoding, barcode, regular, write_video
from PIL import Image
from safetensors.numpy import save_file

EGO = ("0fa75cb3-c4a0-4232-bdc4-15116ed39d88", "af400f98-3c57-46ad-acac-eaca6f940180")
FILMS = ("tt0100802", "tt0499549")
SECONDS = 20
FPS = 10
PER_SHOT = {"tt0100802": (3, 2, 3, 4, 3, 1, 3, 3), "tt0499549": (3, 3, 3, 3, 3, 3)}
"""Keyframes of each shot of a film, from shot 0 on: not three everywhere, so that no factor leads to the right one."""

Window = tuple[int, int]
Row = tuple[str, str, str, int, int]
"""Source, question, answer, start, end: seconds of a video, shots of a film."""

EGO_ROWS: tuple[Row, ...] = (
    (EGO[0], "What is the setting of the video clip?", "A kitchen.", 2, 6),
    (EGO[0], "Is the tap open?", "Yes", 2, 6),
    (EGO[0], "What happens first?", "The tap is opened.", 5, 12),
    (EGO[0], "What is the setting of the video clip?", "A garden.", 5, 12),
    (EGO[1], "Is it raining?", "No", 0, 9),
    (EGO[1], "Who is there?", "Unclear.", 4, 15),
)
FILM_ROWS: tuple[Row, ...] = (
    (FILMS[0], "Who enters?", "A man.", 2, 4),
    (FILMS[0], "Does the door close?", "No.", 2, 4),
    (FILMS[0], "What follows?", "A chase.", 5, 6),
    (FILMS[1], "Is it night?", "Yes.", 1, 3),
)
FILM_CLIPS: Mapping[str, Window] = {FILMS[0]: (2, 6), FILMS[1]: (1, 4)}
CATEGORIES = ("Scene Summary", "Whether Something Happened(Y/N)", "Order Judging(Y/N)", "What event order")

COUNTS: Mapping[str, Mapping[str, int]] = {
    "QUESTIONS": {"rvs-ego": 6, "rvs-movie": 4, "vs-ego": 6, "vs-movie": 4},
    "CLIPS": {"rvs-ego": 4, "rvs-movie": 2, "vs-ego": 4, "vs-movie": 3},
    "REKV_WINDOWS": {"rvs-ego": 4, "rvs-movie": 2, "vs-ego": 4, "vs-movie": 3},
    "SOURCES": {"ego": 2, "movie": 2},
}
"""What the whole set of these files has, in place of the pinned counts of the real one."""


@dataclass(frozen=True)
class Clips:
    """The clip tables of both settings, with the names that clips have in them."""

    ego: dict[tuple[str, Window], str] = field(default_factory=dict)
    prefixes: dict[tuple[str, int], str] = field(default_factory=dict)
    films: dict[tuple[str, Window], str] = field(default_factory=dict)
    film_clips: dict[str, str] = field(default_factory=dict)


def clips() -> Clips:
    """Number the clips as the official tables do."""
    found = Clips()
    for source, _, _, start, end in EGO_ROWS:
        found.ego.setdefault((source, (start, end)), f"{len(found.ego):06d}")
        found.prefixes.setdefault((source, end), f"{len(found.prefixes):06d}")
    for source, _, _, start, end in FILM_ROWS:
        found.films.setdefault((source, (start, end)), f"{len(found.films):06d}")
        found.film_clips.setdefault(source, f"{len(found.film_clips):06d}")
    return found


def keyframe_names(film: str, first: int = 0, last: int | None = None) -> list[str]:
    """Return the file names of a film's keyframes, from one shot to another."""
    shots = list(enumerate(PER_SHOT[film]))[first : None if last is None else last + 1]
    return [f"shot_{shot:04d}_img_{image}.jpg" for shot, images in shots for image in range(images)]


def write_official(root: Path, *, types: bool = True) -> Path:
    """Write the official annotation files, two folders with equal file names."""
    named = clips()
    write(
        root / "vstream-realtime" / "rvs_ego.json",
        [ego_clip(clip_id, source, 0, end) for (source, end), clip_id in named.prefixes.items()],
    )
    write(
        root / "vstream" / "vs_ego.json",
        [ego_clip(clip_id, source, *window) for (source, window), clip_id in named.ego.items()],
    )
    write(
        root / "vstream-realtime" / "rvs_movie.json",
        [film_clip(clip_id, source, *FILM_CLIPS[source]) for source, clip_id in named.film_clips.items()],
    )
    write(
        root / "vstream" / "vs_movie.json",
        [film_clip(clip_id, source, *window) for (source, window), clip_id in named.films.items()],
    )
    for folder, realtime in (("vstream-realtime", True), ("vstream", False)):
        write(root / folder / "test_qa_ego4d.json", list(ego_questions(named, realtime=realtime, types=types)))
        write(root / folder / "test_qa_movienet.json", list(film_questions(named, realtime=realtime, types=types)))
    return root


def ego_clip(clip_id: str, source: str, start: int, end: int) -> dict[str, Any]:
    return {"video_id": clip_id, "original_video": source, "start_time": start, "end_time": end}


def film_clip(clip_id: str, source: str, start: int, end: int) -> dict[str, Any]:
    return {"video_id": clip_id, "original_video": source, "start_shot": start, "end_shot": end}


def ego_questions(named: Clips, *, realtime: bool, types: bool) -> Iterator[dict[str, Any]]:
    for number, (source, question, answer, start, end) in enumerate(EGO_ROWS):
        clip_id = named.prefixes[source, end] if realtime else named.ego[source, (start, end)]
        frames = end if realtime else end - start
        yield question_row(number, clip_id, source, question, answer, frames, types) | {
            "start_time": start,
            "end_time": end,
            "gt_duration": end - start,
        }


def film_questions(named: Clips, *, realtime: bool, types: bool) -> Iterator[dict[str, Any]]:
    for number, (source, question, answer, start, end) in enumerate(FILM_ROWS):
        clip_id = named.film_clips[source] if realtime else named.films[source, (start, end)]
        frames = len(keyframe_names(source, *(FILM_CLIPS[source] if realtime else (start, end))))
        row = question_row(number, clip_id, source, question, answer, frames, types)
        if realtime:
            last = keyframe_names(source, end, end)[-1]
            row |= {"start_time": f"shot_{start:04d}_img_0.jpg", "end_time": last, "gt_duration": frames}
        yield row


def question_row(
    number: int, clip_id: str, source: str, question: str, answer: str, frames: int, types: bool
) -> dict[str, Any]:
    row = {
        "id": f"{clip_id}_{number}",
        "video_id": clip_id,
        "video_name": source,
        "question": question,
        "answer": answer,
        "duration": frames,
    }
    return row | ({"answer_type": CATEGORIES[number % len(CATEGORIES)]} if types else {})


def write_rekv(root: Path) -> Path:
    """Write the same annotations in the ReKV layout."""
    write(root / "ego" / "ego4d_oe.json", [rekv_video(source, EGO_ROWS, SECONDS + 0.4) for source in EGO])
    films = [
        rekv_video(source, FILM_ROWS, len(PER_SHOT[source]))
        | {"clip_start_time": FILM_CLIPS[source][0], "clip_end_time": FILM_CLIPS[source][1]}
        for source in FILMS
    ]
    write(root / "movie" / "movienet_oe.json", films)
    return root


def rekv_video(source: str, rows: Sequence[Row], duration: float) -> dict[str, Any]:
    asked = [
        {"question": question, "answer": answer, "start_time": start, "end_time": end}
        for name, question, answer, start, end in rows
        if name == source
    ]
    return {"video_id": source, "video_path": f"x/{source}.mp4", "duration": duration, "conversations": asked}


def write(path: Path, rows: Sequence[Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(rows), encoding="utf-8")


def write_ego4d(root: Path) -> Path:
    """Write the videos as the Ego4D downloader lays them, each frame with its number as a barcode."""
    folder = root / "v2" / "full_scale"
    folder.mkdir(parents=True)
    for name in EGO:
        write_video(folder / f"{name}.mp4", regular(SECONDS * FPS, FPS), Encoding(fps=FPS, gop=25))
    write_video(folder / "11111111-2222-3333-4444-555555555555.mp4", regular(FPS, FPS), Encoding(fps=FPS))
    return root


def picture(folder: Path, name: str, number: int) -> None:
    Image.fromarray(barcode(number)).save(folder / name, quality=95)


def write_movienet(root: Path) -> Path:
    """Write the keyframes of whole films, each with its number in the film as a barcode."""
    for film in FILMS:
        folder = root / "240P" / film
        folder.mkdir(parents=True)
        for number, name in enumerate(keyframe_names(film)):
            picture(folder, name, number)
    return root


def write_archives(root: Path, pieces: int = 3) -> Path:
    """Write the published archives; the frames of Ego4D in pieces, as `split` leaves them."""
    named = clips()
    made = root / "unpacked"
    realtime, offline = root / "vstream-realtime", root / "vstream"
    for folder in (realtime, offline):
        folder.mkdir(parents=True, exist_ok=True)
    for (_, end), clip_id in named.prefixes.items():
        folder = made / "online" / "ego4d_frames" / clip_id
        folder.mkdir(parents=True)
        for second in range(end):
            picture(folder, f"{second + 1:06d}.jpg", second * FPS)
    for film, clip_id in named.film_clips.items():
        keyframes(made / "movie_online" / "movienet_frames" / clip_id, film, *FILM_CLIPS[film])
    for (film, window), clip_id in named.films.items():
        keyframes(made / "movie" / "movienet_frames" / clip_id, film, *window)
    videos = made / "ego" / "ego4d_videos"
    videos.mkdir(parents=True)
    for (_, (start, end)), clip_id in named.ego.items():
        write_video(videos / f"{clip_id}.mp4", regular((end - start) * FPS, FPS), Encoding(fps=FPS))
    pack(made / "movie_online", realtime / "movienet_frames_online.zip")
    pack(made / "movie", offline / "movienet_frames.zip")
    pack(made / "ego", offline / "ego4d_videos.zip")
    whole = pack(made / "online", realtime / "whole.zip").read_bytes()
    (realtime / "whole.zip").unlink()
    size = -(-len(whole) // pieces)
    for piece in range(pieces):
        part = realtime / f"ego4d_frames_online.parta{chr(ord('a') + piece)}"
        part.write_bytes(whole[piece * size : (piece + 1) * size])
    return root


def keyframes(folder: Path, film: str, first: int, last: int) -> None:
    folder.mkdir(parents=True)
    every = keyframe_names(film)
    for name in keyframe_names(film, first, last):
        picture(folder, name, every.index(name))


def pack(folder: Path, path: Path) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for file in sorted(folder.rglob("*")):
            if file.is_file():
                archive.write(file, file.relative_to(folder))
    return path


def write_features(root: Path) -> Path:
    """Write features of every clip, one row a frame."""
    named = clips()
    films = {clip_id: keyframe_names(film, *FILM_CLIPS[film]) for film, clip_id in named.film_clips.items()}
    lengths = {
        "rvs-ego": {clip_id: end for (_, end), clip_id in named.prefixes.items()},
        "vs-ego": {clip_id: end - start for (_, (start, end)), clip_id in named.ego.items()},
        "rvs-movie": {clip_id: len(names) for clip_id, names in films.items()},
        "vs-movie": {clip_id: len(keyframe_names(film, *window)) for (film, window), clip_id in named.films.items()},
    }
    for config, clips_of in lengths.items():
        (root / config).mkdir(parents=True)
        for clip_id, length in clips_of.items():
            save_file({"feature": np.zeros((length, 4, 8), np.float16)}, root / config / f"{clip_id}.safetensors")
    return root
