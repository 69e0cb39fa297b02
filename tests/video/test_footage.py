from __future__ import annotations

import os
from pathlib import Path

import pytest

from vstreamqa.schema import NANOSECONDS
from vstreamqa.video import MediaInfo, fingerprint, media_of, open_frames, probe

FOOTAGE = os.environ.get("VSTREAMQA_FOOTAGE")
NAME = "nasa_13013.mp4"

pytestmark = pytest.mark.skipif(FOOTAGE is None, reason="VSTREAMQA_FOOTAGE names no folder of real footage")


@pytest.fixture
def nasa() -> Path:
    path = Path(FOOTAGE or "") / NAME
    if not path.exists():
        pytest.skip(f"{path} is not there")
    return path


def test_the_better_track_is_read_to_its_end(nasa: Path) -> None:
    with open_frames(media_of(nasa), Path("/"), fps=2.0) as reader:
        frames = list(reader)
    assert [frame.position for frame in frames] == [k * NANOSECONDS // 2 for k in range(27)]
    assert all(frame.position - frame.presented < 33_366_667 for frame in frames)
    assert {frame.pixels.shape for frame in frames if frame.pixels is not None} == {(270, 480, 3)}


def test_its_measures(nasa: Path) -> None:
    assert probe(media_of(nasa), Path("/"), unit="second") == MediaInfo(13_013_000_000, (270, 480), 30000 / 1001)
    assert len(fingerprint(media_of(nasa), Path("/"), unit="second")) == 32
