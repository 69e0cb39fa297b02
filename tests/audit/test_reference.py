"""The audit's own way of reading media agrees with the replay's, to the bit, on everything that is sound."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
import torch
from av.video.reformatter import ColorRange, Colorspace
from av.video.stream import VideoStream
from footage import Encoding, barcode, regular, remux, write_stamped, write_video
from PIL import Image
from safetensors.numpy import save_file
from safetensors.torch import save_file as save_torch

from vstreamqa.audit.causality.reference import reference_frames
from vstreamqa.schema import Media, Stream, Unit, Value, to_position
from vstreamqa.video import Resize, colour, open_frames
from vstreamqa.video import resize as resizing
from vstreamqa.video.arrays import FeatureFile
from vstreamqa.video.colour import ToRgb
from vstreamqa.video.types import Features

Made = tuple[Media, Unit, Value, Value]
"""Media, unit, start and end of a stream."""


def plain(folder: Path) -> Made:
    write_video(folder / "v.mp4", regular(90))
    return Media(kind="video", path="v.mp4"), "second", 0, 3


def coloured(folder: Path) -> Made:
    steps = np.linspace(16, 235, 64, dtype=np.uint8)
    planes = np.concatenate([np.tile(steps, 48), np.tile(steps[::2], 24), np.tile(steps[::-2], 24)])
    with av.open(str(folder / "v.mkv"), "w") as container:
        track = container.add_stream("ffv1", rate=10)
        assert isinstance(track, VideoStream)
        track.height, track.width, track.pix_fmt = 48, 64, "yuv420p"
        for _ in range(21):
            container.mux(track.encode(av.VideoFrame.from_ndarray(planes.reshape(72, 64), format="yuv420p")))
        container.mux(track.encode(None))
    return Media(kind="video", path="v.mkv"), "second", 0, 2


def begun_late(folder: Path) -> Made:
    write_video(folder / "v.mp4", regular(300), Encoding(gop=60))
    return Media(kind="video", path="v.mp4"), "second", 6.5, 10


def uneven(folder: Path) -> Made:
    write_video(folder / "v.mkv", [Fraction(t, 100) for t in (0, 3, 50, 51, 120, 180, 190, 260, 300)])
    return Media(kind="video", path="v.mkv"), "second", 0, 3


def shifted(folder: Path) -> Made:
    remux(write_video(folder / "a.mp4", regular(60)), folder / "v.mkv", shift=Fraction(7, 2))
    return Media(kind="video", path="v.mkv"), "second", 0, 2


def turned(folder: Path) -> Made:
    write_video(folder / "v.mp4", regular(60), Encoding(rotation=90))
    return Media(kind="video", path="v.mp4"), "second", 0, 2


def running_back(folder: Path) -> Made:
    write_stamped(folder / "v.mkv", [(0, 0), (400, 10), (300, 20), (1200, 30), (2000, 40)])
    return Media(kind="video", path="v.mkv"), "second", 0, 2


def array(folder: Path) -> Made:
    np.save(folder / "a.npy", np.stack([barcode(k) for k in range(20)]))
    return Media(kind="array", path="a.npy", rate=5.3, origin=5), "second", 5.1, 8


def features(folder: Path) -> Made:
    values = np.random.default_rng(0).standard_normal((12, 4, 3)).astype(np.float16)
    save_file({"feature": values}, folder / "f.safetensors")
    return Media(kind="features", path="f.safetensors", rate=2), "second", 0, 6


def brain_floats(folder: Path) -> Made:
    save_torch({"feature": torch.randn(12, 4, 3).bfloat16()}, folder / "f.safetensors")
    return Media(kind="features", path="f.safetensors", rate=2), "second", 0, 6


def pictures(folder: Path) -> Made:
    for number in range(9):
        Image.fromarray(barcode(number)).save(folder / f"frame_{number:03}.png")
    return Media(kind="frames", path=".", rate=3), "second", 0, 3


def keyframes(folder: Path) -> Made:
    for shot in range(3):
        for image in range(3):
            Image.fromarray(barcode(3 * shot + image)).save(folder / f"shot_{shot:04}_img_{image}.png")
    return Media(kind="frames", path=".", origin=4), "keyframe", 6, 11


MADE = [
    plain, coloured, begun_late, uneven, shifted, turned, running_back,
    array, features, brain_floats, pictures, keyframes,
]  # fmt: skip


def streamed(made: Made) -> Stream:
    media, unit, start, end = made
    return Stream(stream_id="s", source_id="s", media=media, unit=unit, start=start, end=end)


RESIZES = [None, Resize((40, 30), "crop"), Resize((31, 50), "pad", "lanczos"), Resize((17, 17), "stretch", "box")]


@pytest.mark.parametrize("resize", RESIZES)
@pytest.mark.parametrize("make", MADE)
@pytest.mark.parametrize("fps", [1.5, 10.0])
def test_both_give_the_same_frames(
    tmp_path: Path, make: Callable[[Path], Made], fps: float, resize: Resize | None
) -> None:
    stream = streamed(make(tmp_path))
    start, end = (to_position(value, stream.unit) for value in (stream.start, stream.end))
    with open_frames(
        stream.media, tmp_path, unit=stream.unit, fps=fps, start=start, end=end, resize=resize
    ) as source:  # fmt: skip
        shown = [(one.position, one.pixels if one.pixels is not None else one.features) for one in source]
    due = list(reference_frames(stream.media, tmp_path, stream, fps=fps, resize=resize))
    assert len(shown) > 2
    assert [one.position for one in due][: len(shown)] == [position for position, _ in shown]
    for (_, content), one in zip(shown, due, strict=False):
        assert content is not None
        assert np.array_equal(content, one.content)
    assert all(one.last for one in due[len(shown) :]), "only the last picture may be shown for longer"


def blue_first(monkeypatch: pytest.MonkeyPatch) -> None:
    right = ToRgb.__call__
    monkeypatch.setattr(ToRgb, "__call__", lambda self, frame: right(self, frame)[..., ::-1].copy())


def other_matrix(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(colour, "_matrix", lambda frame: Colorspace.ITU709)


def other_range(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(colour, "_range", lambda frame: ColorRange.JPEG)


def other_filter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(resizing._FILTERS, "bicubic", Image.Resampling.NEAREST)


def other_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Resize, "_scaled_size", lambda self, width, height: self.size[::-1])


@pytest.mark.parametrize("spoil", [blue_first, other_matrix, other_range, other_filter, other_fit])
def test_a_reader_that_converts_or_resizes_wrongly_gives_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, spoil: Callable[[pytest.MonkeyPatch], None]
) -> None:
    stream = streamed(coloured(tmp_path))
    resize = Resize((24, 24), "crop")
    spoil(monkeypatch)
    with open_frames(stream.media, tmp_path, unit="second", fps=2, start=0, end=2 * 10**9, resize=resize) as source:
        shown = [one.pixels for one in source]
    due = [one.content for one in reference_frames(stream.media, tmp_path, stream, fps=2, resize=resize)]
    assert shown[0] is not None
    assert not np.array_equal(shown[0], due[0])


def test_a_reader_of_feature_files_that_looks_ahead_gives_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stream = streamed(features(tmp_path))
    right = FeatureFile.features

    def ahead(self: FeatureFile, index: int) -> Features:
        return right(self, min(index + 1, len(self) - 1))

    monkeypatch.setattr(FeatureFile, "features", ahead)
    with open_frames(stream.media, tmp_path, unit="second", fps=2, start=0, end=3 * 10**9) as source:
        shown = [one.features for one in source]
    due = [one.content for one in reference_frames(stream.media, tmp_path, stream, fps=2, resize=None)]
    assert shown[0] is not None
    assert not np.array_equal(shown[0], due[0])
    assert np.array_equal(shown[0], due[1])
