"""Videos that players disagree about, made once per test session."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

from footage import TICKS, Encoding, regular, remux, write_stamped, write_video

MILLISECONDS = Fraction(1, 1000)
X265 = "log-level=none:pools=1"
SVT_AV1 = {"preset": "8", "crf": "20", "svtav1-params": "enable-tf=0:lookahead=0:lp=1"}
OPEN_GROUPS = {"preset": "fast", "x264-params": "open-gop=1:bframes=3:b-adapt=0:scenecut=0"}
OPEN_GROUPS_HEVC = {
    "preset": "ultrafast",
    "x265-params": f"{X265}:open-gop=1:keyint=12:min-keyint=12:bframes=3",
}
FRAGMENTED = {"movflags": "frag_keyframe+empty_moov+default_base_moof"}

FRAMES = 75
STEADY = regular(FRAMES)
UNSTEADY = [Fraction(number * number % 7 + 6 * number, 60) / 3 for number in range(FRAMES)]
UNSTEADY.sort()

Made = tuple[Path, list[Fraction]]
"""A file, and the time in seconds, from its first presented frame, at which each of its frames is shown; frame i has
number FRAMES - len(times) + i."""


def encoded(name: str, encoding: Encoding, times: list[Fraction]) -> Callable[[Path], Made]:
    def make(folder: Path) -> Made:
        path = write_video(folder / name, times, encoding)
        unit = MILLISECONDS if path.suffix in {".mkv", ".webm", ".flv"} else encoding.time_base
        stored = [round(time / unit) * unit for time in times]
        return path, [time - stored[0] for time in stored]

    return make


def copied(
    name: str, *, shift: Fraction = Fraction(0), durations: bool = True, lead: int = 0
) -> Callable[[Path], Made]:
    """Copy a plain file with its times shifted; `lead` frames thereby come to lie outside the edit list."""

    def make(folder: Path) -> Made:
        source = write_video(folder / f"plain_{name}.mp4", STEADY)
        path = remux(source, folder / name, shift=shift, durations=durations)
        unit = MILLISECONDS if path.suffix == ".mkv" else TICKS
        times = STEADY[: FRAMES - lead]
        return path, [round(time / unit) * unit for time in times]

    return make


AWKWARD: dict[str, Callable[[Path], Made]] = {
    "steady mp4 with B-frames": encoded("a.mp4", Encoding(), STEADY),
    "steady Matroska": encoded("a.mkv", Encoding(), STEADY),
    "MPEG-TS": encoded("a.ts", Encoding(), STEADY),
    "QuickTime": encoded("a.mov", Encoding(), STEADY),
    "AVI without time stamps": encoded("a.avi", Encoding(codec="mpeg4", options={}, time_base=Fraction(1, 30)), STEADY),
    "Flash video": encoded("a.flv", Encoding(), STEADY),
    "fragmented mp4": encoded("f.mp4", Encoding(container=FRAGMENTED), STEADY),
    "unsteady mp4": encoded("v.mp4", Encoding(), UNSTEADY),
    "unsteady Matroska": encoded("v.mkv", Encoding(), UNSTEADY),
    "mp4 that starts late": encoded("l.mp4", Encoding(), regular(FRAMES, first=2)),
    "Matroska that starts late": encoded("l.mkv", Encoding(), regular(FRAMES, first=2)),
    "MPEG-TS that starts late": encoded("l.ts", Encoding(), regular(FRAMES, first=2)),
    "edit list with an empty edit": copied("e.mp4", shift=Fraction(1)),
    "edit list that leaves out the lead-in": copied("i.mp4", shift=Fraction(-1, 2), lead=15),
    "mp4 without durations": copied("n.mp4", durations=False),
    "Matroska without durations": copied("n.mkv", durations=False),
    "MPEG-TS without durations": copied("n.ts", durations=False),
    "H.265": encoded("h.mp4", Encoding(codec="libx265", options={"preset": "ultrafast", "x265-params": X265}), STEADY),
    "H.265 with open groups": encoded("ho.mkv", Encoding(codec="libx265", options=OPEN_GROUPS_HEVC), STEADY),
    "H.265 of 10 bits": encoded(
        "h10.mp4",
        Encoding(codec="libx265", pix_fmt="yuv420p10le", options={"preset": "ultrafast", "x265-params": X265}),
        STEADY,
    ),
    "H.264 of 10 bits": encoded("10.mp4", Encoding(pix_fmt="yuv420p10le"), STEADY),
    "H.264 with open groups": encoded("o.mp4", Encoding(gop=12, options=OPEN_GROUPS), STEADY),
    "H.264 with short groups": encoded("s.mp4", Encoding(gop=5), STEADY),
    "AV1": encoded("1.mp4", Encoding(codec="libsvtav1", options=SVT_AV1), STEADY),
    "AV1 in WebM": encoded("1.webm", Encoding(codec="libsvtav1", gop=10, options=SVT_AV1), STEADY),
    "odd picture size": encoded(
        "odd.mkv", Encoding(codec="ffv1", pix_fmt="yuv444p", b_frames=0, size=(97, 131), options={}), STEADY
    ),
}


def equal_stamps(folder: Path) -> Path:
    """Ten frames of which the second to fourth have one time stamp."""
    stamps = [0, 100, 100, 100, 200, 300, 400, 500, 600, 700]
    return write_stamped(folder / "equal.mkv", [(stamp, stamp) for stamp in stamps])


def backward_stamps(folder: Path) -> Path:
    """Six frames without reordering whose third and fourth time stamps are exchanged."""
    return write_stamped(folder / "back.mkv", [(0, 0), (100, 50), (300, 100), (200, 150), (400, 200), (500, 250)])
