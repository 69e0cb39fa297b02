from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from footage import Encoding, regular, write_video

from vstreamqa.video.soundness import cut_short

FORMATS = {
    "a.mp4": Encoding(),
    "a.mov": Encoding(),
    "f.mp4": Encoding(container={"movflags": "frag_keyframe+empty_moov"}),
    "a.mkv": Encoding(),
    "a.webm": Encoding(codec="libvpx-vp9", options={"deadline": "realtime", "cpu-used": "8"}),
    "live.mkv": Encoding(container={"live": "1"}),
    "a.avi": Encoding(codec="mpeg4", options={}, time_base=Fraction(1, 30)),
    "a.ts": Encoding(),
}


@pytest.fixture(scope="module", params=FORMATS)
def sound(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_video(tmp_path_factory.mktemp("sound") / request.param, regular(40), FORMATS[request.param])


def test_a_whole_file_gives_no_cause(sound: Path) -> None:
    assert cut_short(sound) is None


@pytest.mark.parametrize("lacking", [3, 77, 1000])
def test_a_cut_shows_wherever_it_lies(sound: Path, tmp_path: Path, lacking: int) -> None:
    path = tmp_path / sound.name
    path.write_bytes(sound.read_bytes()[:-lacking])
    assert cut_short(path) is not None


def test_elements_that_make_no_sense_are_named_by_their_place(tmp_path: Path) -> None:
    path = write_video(tmp_path / "a.mkv", regular(40))
    content = bytearray(path.read_bytes())
    at = content.index(bytes.fromhex("1f43b675"))
    content[at : at + 4] = bytes(4)
    path.write_bytes(content)
    assert cut_short(path) == f"no element can be read at byte {at}"


@pytest.mark.parametrize("content", [b"", b"text", bytes(5000)])
def test_unknown_files_are_left_to_the_demuxer(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x").write_bytes(content)
    assert cut_short(tmp_path / "x") is None
