"""Fifty questions on ten minutes of video: one playback for all, against the video decoded again for every question.

Both sides use the same reader at one frame per second and do nothing with the frames.
"""

from __future__ import annotations

import tempfile
import time
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from recording import record

from vstreamqa.schema import NANOSECONDS, Media
from vstreamqa.video import open_frames

MINUTES = 10
QUESTIONS = 50
WIDTH, HEIGHT, RATE = 320, 180, 25


def make_video(path: Path) -> None:
    """Write ten minutes of moving noise-like texture in H.264, key frames 10 s apart."""
    texture = np.random.default_rng(0).integers(0, 256, (HEIGHT, WIDTH * 2, 3), dtype=np.uint8)
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=Fraction(RATE), options={"preset": "ultrafast", "g": "250"})
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        for i in range(MINUTES * 60 * RATE):
            shift = i % WIDTH
            picture = np.ascontiguousarray(texture[:, shift : shift + WIDTH])
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode())


def play(path: Path, end: int) -> tuple[int, int, int]:
    """Read a prefix; return the frames given, the time it took and the time the decoder was busy, ns."""
    begun = time.perf_counter_ns()
    with open_frames(Media(kind="video", path=path.name), path.parent, fps=1.0, end=end) as frames:
        n = sum(1 for _ in frames)
        return n, time.perf_counter_ns() - begun, frames.decode_ns


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ten_minutes.mp4"
        make_video(path)
        ends = [round((i + 1) * MINUTES * 60 / QUESTIONS * NANOSECONDS) for i in range(QUESTIONS)]
        frames_once, once, _ = play(path, ends[-1])
        again = [play(path, end) for end in ends]
    total = sum(taken for _, taken, _ in again)
    record(
        Path(__file__),
        {
            "video": f"{MINUTES} min, {WIDTH} x {HEIGHT}, {RATE} fps, H.264, key frames 10 s apart",
            "questions": QUESTIONS,
            "one_playback_frames": frames_once,
            "again_for_each_question_frames": sum(n for n, _, _ in again),
            "one_playback_s": round(once / 1e9, 2),
            "again_for_each_question_s": round(total / 1e9, 2),
            "ratio": round(total / once, 1),
        },
    )


if __name__ == "__main__":
    main()
