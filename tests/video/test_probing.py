from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from footage import HEIGHT, WIDTH, Encoding, barcode, regular, remux, write_video
from PIL import Image
from safetensors.numpy import save_file

from vstreamqa.errors import MediaError, UserError
from vstreamqa.schema import Media
from vstreamqa.video import MediaInfo, decoder, media_of, probe
from vstreamqa.video.decoder import Decoder

CONTAINERS = {
    "a.mp4": Encoding(fps=25),
    "a.mkv": Encoding(fps=25),
    "live.mkv": Encoding(fps=25, container={"live": "1"}),
    "a.ts": Encoding(fps=25),
    "f.mp4": Encoding(fps=25, container={"movflags": "frag_keyframe+empty_moov"}),
    "a.flv": Encoding(fps=25),
}
AVI = Encoding(fps=25, codec="mpeg4", options={}, time_base=Fraction(1, 25))


@pytest.mark.parametrize(
    ("name", "encoding", "first"),
    [("a.avi", AVI, 0), *((name, encoding, first) for name, encoding in CONTAINERS.items() for first in (0, 2))],
)
def test_the_end_is_where_the_last_frame_ends(tmp_path: Path, name: str, encoding: Encoding, first: int) -> None:
    path = write_video(tmp_path / name, regular(55, fps=25, first=first), encoding)
    assert probe(media_of(path), Path("/"), unit="second") == MediaInfo(2_200_000_000, (HEIGHT, WIDTH), 25.0)


def test_a_last_frame_of_unknown_duration_lasts_the_median_interval_of_the_whole_file(tmp_path: Path) -> None:
    times = [*regular(60, fps=20), *regular(15, fps=100, first=3)]
    source = write_video(tmp_path / "a.mp4", times, Encoding(gop=15, options={"sc_threshold": "0"}))
    path = remux(source, tmp_path / "b.mkv", durations=False)
    assert probe(media_of(path), Path("/"), unit="second").duration == 3_140_000_000 + 50_000_000


def test_the_origin_is_included(tmp_path: Path) -> None:
    path = write_video(tmp_path / "a.mp4", regular(30))
    media = Media(kind="video", path=path.name, origin=12.5)
    assert probe(media, tmp_path, unit="second").duration == 13_500_000_000


def test_little_is_decoded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_video(tmp_path / "a.mp4", regular(240))
    decoders: list[Decoder] = []
    original = decoder.Decoder.__init__

    def kept(made: Decoder, *rest: Any, **settings: Any) -> None:
        original(made, *rest, **settings)
        decoders.append(made)

    monkeypatch.setattr(decoder.Decoder, "__init__", kept)
    probe(media_of(path), Path("/"), unit="second")
    assert decoders
    assert sum(made.decoded for made in decoders) < 30


def test_folders_arrays_and_features(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.zeros((7, 4, 6, 3), np.uint8))
    save_file({"feature": np.zeros((9, 2, 3), np.float16)}, tmp_path / "f.safetensors")
    (tmp_path / "shots").mkdir()
    for image in range(3):
        Image.fromarray(barcode(image)).save(tmp_path / "shots" / f"shot_0001_img_{image}.png")
    array = Media(kind="array", path="a.npy", rate=2, origin=1)
    features = Media(kind="features", path="f.safetensors", rate=30)
    shots = Media(kind="frames", path="shots", origin=4)
    assert probe(array, tmp_path, unit="second") == MediaInfo(4_500_000_000, (4, 6), 2)
    assert probe(features, tmp_path, unit="second") == MediaInfo(300_000_000, None, 30)
    assert probe(shots, tmp_path, unit="keyframe") == MediaInfo(7, (HEIGHT, WIDTH), None)


def test_what_cannot_be_probed_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.mp4").write_bytes(b"no video")
    with pytest.raises(MediaError, match=r"a\.mp4: cannot be opened"):
        probe(Media(kind="video", path="a.mp4"), tmp_path, unit="second")
    with pytest.raises(MediaError, match="gone"):
        probe(Media(kind="video", path="gone"), tmp_path, unit="second")
    with pytest.raises(UserError, match="seconds"):
        probe(Media(kind="video", path="a.mp4"), tmp_path, unit="keyframe")


@pytest.mark.parametrize("name", ["a.mkv", "a.mp4"])
def test_a_file_whose_last_part_is_missing_counts_as_long_as_it_promises(tmp_path: Path, name: str) -> None:
    whole = write_video(tmp_path / name, regular(120), Encoding(container={"movflags": "faststart"}))
    promised = probe(media_of(whole), Path("/"), unit="second").duration
    torn = tmp_path / f"torn-{name}"
    torn.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    assert probe(media_of(torn), Path("/"), unit="second").duration == promised == 4_000_000_000
