"""One set of fake downloads for all tests of the builder."""

from __future__ import annotations

from pathlib import Path

import pytest
from downloads import (
    COUNTS,
    write_archives,
    write_ego4d,
    write_features,
    write_movienet,
    write_official,
    write_rekv,
)

from vstreamqa.build.vstream_qa import records


@pytest.fixture(scope="session")
def fetched(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with everything a user could have fetched."""
    root = tmp_path_factory.mktemp("fetched")
    write_official(root / "official")
    write_rekv(root / "rekv")
    write_ego4d(root / "ego4d")
    write_movienet(root / "movienet")
    write_archives(root / "frames")
    write_features(root / "features")
    return root


@pytest.fixture
def whole(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the fake downloads count as the whole of VStream-QA."""
    for name, counts in COUNTS.items():
        for key, count in counts.items():
            monkeypatch.setitem(getattr(records, name), key, count)
