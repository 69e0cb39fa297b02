"""What a run was asked for is read from its manifest, and so are the places of its media."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest
from fakes import make_manifest

from vstreamqa import asked
from vstreamqa.asked import Place, place_of, request_in
from vstreamqa.errors import UserError
from vstreamqa.schema import Manifest
from vstreamqa.suites.base import SuiteConfig

RUN = Path("run")


def manifest(**request: Any) -> Manifest:
    return msgspec.structs.replace(make_manifest(), request={"model": "fake", **request})


def test_a_request_comes_back_without_its_judge_and_without_what_is_not_known() -> None:
    found = request_in(RUN, manifest(data="data", suites=["mini"], judge="openai:x", of_later="x"), {"device": "cuda"})
    assert found is not None
    assert (found.data, found.suites, found.judge, found.device) == (Path("data"), ("mini",), None, "cuda")


def test_a_run_that_did_not_write_it_down_has_none() -> None:
    assert request_in(RUN, msgspec.structs.replace(make_manifest(), request=None)) is None


def test_a_request_that_is_none_is_one_line() -> None:
    with pytest.raises(UserError, match="run: its manifest says of what was asked"):
        request_in(RUN, manifest(seed="many"))


def test_ones_own_video_lies_where_it_was_named_or_in_a_folder_given_now(tmp_path: Path) -> None:
    own = manifest(video=str(tmp_path / "clip.mp4"), questions="q.json")
    assert place_of(RUN, own, ("own", "clip")) == Place(tmp_path, None)
    assert place_of(RUN, own, ("own", "clip"), Path("elsewhere")) == Place(Path("elsewhere"), None)


@pytest.mark.parametrize(("given", "folder"), [(None, "then"), ("now", "now")])
def test_a_suite_is_read_from_the_folder_of_the_run_or_one_given_now(
    given: str | None, folder: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def load(name: str, data: Path) -> list[SuiteConfig]:
        root = data / name
        return [SuiteConfig(suite="s", config="c", root=root, streams=(), questions=(), data_hash="hash")]

    monkeypatch.setattr(asked, "load_suite", load)
    found = place_of(RUN, manifest(data="then"), ("s", "c"), None if given is None else Path(given))
    assert found == Place(Path(folder) / "s" / "c", "hash")
