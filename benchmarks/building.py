"""Ten hour-long 360p videos referenced by a suite; one of them cut into 10 prefixes and 25 windows.

Referencing is compared with decoding one of the videos once, cutting with decoding and with encoding it once.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from recording import record

from vstreamqa.build.assembling import Target, assemble
from vstreamqa.build.cutting import Cut, Method, cut_video
from vstreamqa.build.draft import Draft
from vstreamqa.build.findings import Findings
from vstreamqa.build.lookup import link_job
from vstreamqa.schema import NANOSECONDS, Media, Question, Stream

VIDEOS, PREFIXES, WINDOWS = 10, 10, 25
WIDTH, HEIGHT, RATE, KEY_FRAMES = 640, 360, 30, 8
WINDOW_SHARES = (300 / 3600, 570 / 3600, 840 / 3600)
"""Lengths of the windows of VS-Ego, as shares of an hour."""


def make_video(path: Path, seconds: int) -> None:
    """Write a video with B-frames: a texture that drifts, and noise on a part of it."""
    rng = np.random.default_rng(0)
    texture = np.kron(rng.integers(0, 256, (HEIGHT // 8, WIDTH // 4, 3), dtype=np.uint8), np.ones((8, 8, 1), np.uint8))
    noise = rng.integers(0, 256, (64, HEIGHT // 4, WIDTH // 4, 3), dtype=np.uint8)
    options = {"preset": "superfast", "bf": "3", "g": str(KEY_FRAMES * RATE)}
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=Fraction(RATE), options=options)
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        for i in range(seconds * RATE):
            shift = i // 2 % WIDTH
            picture = np.ascontiguousarray(texture[:, shift : shift + WIDTH])
            picture[: HEIGHT // 4, : WIDTH // 4] = noise[i % 64]
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode())


def decode(path: Path) -> None:
    with av.open(str(path)) as container:
        container.streams.video[0].thread_type = "AUTO"
        for _ in container.decode(video=0):
            pass


def encode(path: Path, target: Path) -> None:
    """Encode a video once, as a cut that cannot be copied is."""
    with av.open(str(path)) as source, av.open(str(target), "w") as container:
        source.streams.video[0].thread_type = "AUTO"
        stream = container.add_stream("libx264", rate=Fraction(RATE), options={"preset": "veryfast", "crf": "17"})
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        for frame in source.decode(video=0):
            container.mux(stream.encode(frame))
        container.mux(stream.encode())


def reference(videos: list[Path], out: Path, seconds: int) -> None:
    """Build a suite that shows whole videos, ten moments of each."""
    streams, questions = [], []
    for path in videos:
        media = Media(kind="video", path=f"media/{path.name}")
        name = path.stem
        streams.append(Stream(stream_id=name, source_id=name, media=media, unit="second", start=0, end=seconds))
        questions += [
            Question(
                question_id=f"{name}-{i}", stream_id=name, source_id=name, time=seconds * (i + 1) // PREFIXES,
                text="?", format="open",
            )
            for i in range(PREFIXES)
        ]  # fmt: skip
    draft = Draft(
        config="default",
        streams=tuple(streams),
        questions=tuple(questions),
        places=tuple(question.question_id for question in questions),
        expected_questions=len(questions),
        expected_streams=len(streams),
    )
    jobs = [link_job(path, f"media/{path.name}") for path in videos]
    assert assemble(Target(suite="bench", out=out), [draft], jobs, Findings()).written


def cuts(folder: Path, seconds: int) -> dict[Path, Cut]:
    """Return ten prefixes and 25 windows; ends and starts fall on whole seconds, hardly ever on key frames."""
    wanted = {}
    for i in range(PREFIXES):
        wanted[folder / f"prefix-{i}.mp4"] = Cut(0, (seconds * (i + 1) // PREFIXES - 1) * NANOSECONDS)
    for i in range(WINDOWS):
        length = round(seconds * WINDOW_SHARES[i % len(WINDOW_SHARES)])
        start = (seconds - length - 2) * i // WINDOWS + 1
        wanted[folder / f"window-{i}.mp4"] = Cut(start * NANOSECONDS, (start + length) * NANOSECONDS)
    return wanted


def timed(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=int, default=60)
    seconds = parser.parse_args().minutes * 60
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        first = folder / "video-0.mp4"
        make_video(first, seconds)
        videos = [first, *(folder / f"video-{i}.mp4" for i in range(1, VIDEOS))]
        for path in videos[1:]:
            shutil.copy(first, path)
        decoding = timed(lambda: decode(first))
        referencing = timed(lambda: reference(videos, folder / "out", seconds))
        again = timed(lambda: reference(videos, folder / "out", seconds))
        encoding = timed(lambda: encode(first, folder / "encoded.mp4"))
        (folder / "work").mkdir()
        made: dict[Path, Method] = {}
        cutting = timed(lambda: made.update(cut_video(first, cuts(folder / "clips", seconds), folder / "work")))
        cut_seconds = sum((cut.end - cut.start) / NANOSECONDS for cut in cuts(folder, seconds).values())
        size = first.stat().st_size
    record(
        Path(__file__),
        {
            "video": f"{seconds // 60} min, {WIDTH} x {HEIGHT}, {RATE} fps, H.264 with B-frames, key frames "
            f"{KEY_FRAMES} s apart, {size / 1e6:.0f} MB",
            "decoding_one_s": round(decoding, 1),
            "encoding_one_s": round(encoding, 1),
            "referencing_ten_s": round(referencing, 1),
            "referencing_ten_again_s": round(again, 1),
            "referencing_ten_over_decoding_one": round(referencing / decoding, 3),
            "cutting_one_s": round(cutting, 1),
            "clips": dict(Counter(made.values())),
            "seconds_of_clips_over_seconds_of_video": round(cut_seconds / seconds, 1),
            "cutting_over_decoding_once": round(cutting / decoding, 2),
            "cutting_over_encoding_once": round(cutting / encoding, 2),
        },
    )


if __name__ == "__main__":
    main()
