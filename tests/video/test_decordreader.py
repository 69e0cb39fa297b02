from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from footage import HEIGHT, WIDTH, Encoding, number_in, regular, write_video

from vstreamqa.errors import MediaError
from vstreamqa.video import media_of, open_frames
from vstreamqa.video.resize import Resize

pytest.importorskip("decord")

UNSTEADY = [Fraction(number * number % 7 + 6 * number, 180) for number in range(60)]
UNSTEADY.sort()


def numbers(path: Path, reader: str, fps: float) -> list[tuple[int, int]]:
    assert reader in ("pyav", "decord")
    name = "decord" if reader == "decord" else "pyav"
    with open_frames(media_of(path), Path("/"), fps=fps, reader=name) as frames:  # type: ignore[arg-type]
        return [(frame.position, number_in(frame.pixels)) for frame in frames]


@pytest.mark.parametrize(
    ("name", "times"),
    [("a.mp4", regular(60)), ("v.mp4", UNSTEADY), ("l.mp4", regular(60, first=2)), ("a.mkv", regular(60))],
)
@pytest.mark.parametrize("fps", [2.0, 7.3])
def test_both_readers_show_the_same_frames(tmp_path: Path, name: str, times: list[Fraction], fps: float) -> None:
    path = write_video(tmp_path / name, times)
    read = numbers(path, "decord", fps)
    assert len(read) >= 4
    assert read == numbers(path, "pyav", fps)


def test_frames_are_turned_and_resized(tmp_path: Path) -> None:
    path = write_video(tmp_path / "a.mp4", regular(10), Encoding(rotation=90))
    with open_frames(media_of(path), Path("/"), fps=5.0, reader="decord") as frames:
        assert {frame.pixels.shape for frame in frames if frame.pixels is not None} == {(WIDTH, HEIGHT, 3)}
    with open_frames(media_of(path), Path("/"), fps=5.0, reader="decord", resize=Resize((16, 12))) as frames:
        assert {frame.pixels.shape for frame in frames if frame.pixels is not None} == {(16, 12, 3)}


def test_a_file_it_cannot_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.mp4").write_bytes(b"no video")
    with pytest.raises(MediaError, match=r"a\.mp4: decord cannot read it .*use reader 'pyav'"):
        numbers(tmp_path / "a.mp4", "decord", 1.0)
