"""Media are put in place side by side; what was made is not made again, and what stands is not replaced."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from commands import make_clip

from vstreamqa.build.draft import WORK, Job
from vstreamqa.build.lookup import link_job
from vstreamqa.build.placing import Placed, place
from vstreamqa.errors import MediaError, UserError
from vstreamqa.schema import Media, Stream


def stream(path: str) -> Stream:
    media = Media(kind="video", path=path)
    return Stream(stream_id=path, source_id=path, media=media, unit="second", start=0, end=1)


class Maker:
    """A job that counts its calls, and can be told to fail at a path."""

    def __init__(self, source: Path, paths: Sequence[str], fails: str = "", error: Exception | None = None) -> None:
        self.made: list[str] = []
        self._source, self._paths, self._fails, self._error = source, paths, fails, error

    def job(self, key: str = "k") -> Job:
        return Job(name="maker", keys=dict.fromkeys(self._paths, key), run=self._run)

    def _run(self, root: Path, paths: Sequence[str]) -> None:
        for path in paths:
            if path == self._fails and self._error is not None:
                raise self._error
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_bytes(self._source.read_bytes())
            self.made.append(path)


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_clip(tmp_path_factory.mktemp("clip"), seconds=1)


def put(root: Path, *jobs: Job, paths: Sequence[str], protected: Sequence[str] = ()) -> Placed:
    return place(root, jobs, [stream(path) for path in paths], workers=2, protected=frozenset(protected))


def test_every_medium_is_made_and_measured_once(clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    maker = Maker(clip, ["media/a.mp4", "media/b.mp4"])
    placed = put(tmp_path, maker.job(), paths=["media/a.mp4", "media/b.mp4", "media/a.mp4"])
    assert not placed.faults
    assert {media.path: one.duration for (media, _), one in placed.measured.items()} == {
        "media/a.mp4": 1_000_000_000,
        "media/b.mp4": 1_000_000_000,
    }
    monkeypatch.setattr("vstreamqa.build.measuring.fingerprint", None)
    again = put(tmp_path, maker.job(), paths=["media/a.mp4"])
    assert maker.made == ["media/a.mp4", "media/b.mp4"]
    assert next(iter(again.measured.values())) in placed.measured.values()


def test_a_medium_that_has_changed_is_measured_again(clip: Path, tmp_path: Path) -> None:
    maker = Maker(clip, ["media/a.mp4"])
    before = put(tmp_path, maker.job(), paths=["media/a.mp4"])
    make_clip(tmp_path / "media", "a.mp4", seconds=2)
    after = put(tmp_path, maker.job(), paths=["media/a.mp4"])
    assert [one.duration for one in before.measured.values()] != [one.duration for one in after.measured.values()]


@pytest.mark.parametrize("error", [MediaError("b is torn", path="b"), UserError("b is odd")])
def test_what_one_job_cannot_make_is_a_fault_and_the_others_go_on(error: Exception, clip: Path, tmp_path: Path) -> None:
    bad = Maker(clip, ["media/a.mp4", "media/b.mp4", "media/c.mp4"], fails="media/b.mp4", error=error)
    good = Maker(clip, ["media/d.mp4"])
    placed = put(tmp_path, bad.job(), good.job(), paths=["media/a.mp4", "media/b.mp4", "media/c.mp4", "media/d.mp4"])
    assert placed.faults == {"media/b.mp4": str(error), "media/c.mp4": str(error)}
    assert sorted(media.path for media, _ in placed.measured) == ["media/a.mp4", "media/d.mp4"]
    mended = Maker(clip, ["media/a.mp4", "media/b.mp4", "media/c.mp4"])
    put(tmp_path, mended.job(), paths=["media/a.mp4"])
    assert mended.made == ["media/b.mp4", "media/c.mp4"]


def test_a_full_disk_ends_the_build_and_what_was_made_is_kept(clip: Path, tmp_path: Path) -> None:
    full = Maker(
        clip, ["media/a.mp4", "media/b.mp4"], fails="media/b.mp4", error=OSError(28, "No space left on device")
    )
    with pytest.raises(OSError, match="No space left"):
        put(tmp_path, full.job(), paths=["media/a.mp4"])
    room = Maker(clip, ["media/a.mp4", "media/b.mp4"])
    put(tmp_path, room.job(), paths=["media/a.mp4", "media/b.mp4"])
    assert room.made == ["media/b.mp4"]


def test_what_was_made_of_something_else_is_made_again_unless_a_suite_shows_it(clip: Path, tmp_path: Path) -> None:
    put(tmp_path, Maker(clip, ["media/a.mp4"]).job("old"), paths=["media/a.mp4"])
    again = Maker(clip, ["media/a.mp4"])
    with pytest.raises(
        UserError, match=r"a.mp4: the suite built here shows it.*build into another --out, or .*removing .*data"
    ):
        put(tmp_path, again.job("new"), paths=["media/a.mp4"], protected=["media/a.mp4"])
    assert again.made == []
    put(tmp_path, again.job("new"), paths=["media/a.mp4"])
    assert again.made == ["media/a.mp4"]


def test_a_link_that_leads_nowhere_is_a_fault_that_names_it(tmp_path: Path) -> None:
    placed = put(tmp_path, link_job(tmp_path / "gone.mp4", "media/a.mp4"), paths=["media/a.mp4"])
    assert "media/a.mp4" in placed.faults["media/a.mp4"]


def test_a_torn_line_of_the_ledger_is_dropped(clip: Path, tmp_path: Path) -> None:
    maker = Maker(clip, ["media/a.mp4"])
    put(tmp_path, maker.job(), paths=["media/a.mp4"])
    for name in ("made.jsonl", "measured.jsonl"):
        with (tmp_path / WORK / name).open("ab") as file:
            file.write(b'{"path": "b.m')
    put(tmp_path, maker.job(), paths=["media/a.mp4"])
    assert maker.made == ["media/a.mp4"]


def test_a_link_to_another_folder_is_not_taken_for_the_one_that_stands(tmp_path: Path) -> None:
    for name, content in (("one", b"1"), ("two", b"22")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "1.jpg").write_bytes(content)
    root = tmp_path / "out"
    for name in ("one", "two"):
        put(root, link_job(tmp_path / name, "media/film"), paths=[])
        assert (root / "media" / "film").resolve().name == name
    with pytest.raises(UserError, match="build into another --out"):
        put(root, link_job(tmp_path / "one", "media/film"), paths=[], protected=["media/film"])


def test_what_lies_behind_a_link_is_neither_removed_nor_written(clip: Path, tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "a.mp4").write_bytes(b"original")
    root = tmp_path / "out"
    (root / "media").mkdir(parents=True)
    (root / "media" / "film").symlink_to(mine)
    maker = Maker(clip, ["media/film/a.mp4"])
    placed = put(root, maker.job(), paths=["media/film/a.mp4"])
    assert "lies outside the suite's folder; remove the link to it" in placed.faults["media/film/a.mp4"]
    assert (mine / "a.mp4").read_bytes() == b"original"
    assert maker.made == []


@pytest.mark.parametrize("path", ["a.mp4", "../a.mp4", "media/../../a.mp4", "/tmp/a.mp4", "data/a.mp4"])
def test_nothing_but_media_is_ever_made(path: str, clip: Path, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="a medium cannot be put there"):
        put(tmp_path, Maker(clip, [path]).job(), paths=[])
