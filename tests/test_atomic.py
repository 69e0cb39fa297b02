from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from vstreamqa.atomic import build_once
from vstreamqa.errors import UserError


def fill(folder: Path) -> None:
    (folder / "file").write_text("made")


def test_a_folder_is_made_once(tmp_path: Path) -> None:
    built = []

    def build(folder: Path) -> None:
        built.append(folder)
        fill(folder)

    wanted = tmp_path / "deep" / "down" / "folder"
    for _ in range(2):
        assert build_once(wanted, build) == wanted
    assert (wanted / "file").read_text() == "made"
    assert len(built) == 1
    assert [path.name for path in wanted.parent.iterdir()] == ["folder"]


def test_a_build_that_breaks_off_leaves_nothing(tmp_path: Path) -> None:
    def build(folder: Path) -> None:
        fill(folder)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build_once(tmp_path / "folder", build)
    assert not list(tmp_path.iterdir())


def test_while_a_build_runs_there_is_nothing_under_the_final_name(tmp_path: Path) -> None:
    def build(folder: Path) -> None:
        fill(folder)
        assert not (tmp_path / "folder").exists()
        assert folder.parent == tmp_path

    build_once(tmp_path / "folder", build)


def test_of_two_builds_at_once_both_succeed(tmp_path: Path) -> None:
    meet = threading.Barrier(2, timeout=10)

    def build(folder: Path) -> None:
        fill(folder)
        meet.wait()

    results: list[Path] = []
    threads = [
        threading.Thread(target=lambda: results.append(build_once(tmp_path / "folder", build))) for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [tmp_path / "folder"] * 2
    assert [path.name for path in tmp_path.iterdir()] == ["folder"]


def test_what_a_killed_build_left_is_removed_after_a_while_and_not_before(tmp_path: Path) -> None:
    old, young, other = (tmp_path / name for name in (".a-building-old", ".a-building-young", ".b-building-old"))
    for left in (old, young, other):
        left.mkdir()
    for left in (old, other):
        os.utime(left, (1, 1))
    build_once(tmp_path / "a", fill)
    assert {path.name for path in tmp_path.iterdir()} == {"a", young.name, other.name}


def test_a_place_that_cannot_be_written_to_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(
        UserError, match=r"file: cannot be written to \(.*\); make it writable, or name another.*--data"
    ):
        build_once(tmp_path / "file" / "folder", fill)
