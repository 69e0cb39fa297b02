"""Finding media by name below a folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from vstreamqa.build.lookup import MediaFolder, link, link_folder_job
from vstreamqa.errors import UserError


def touch(root: Path, *names: str) -> Path:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(name.encode())
    return root


def test_a_file_is_found_as_it_stands_below_a_preferred_folder_or_by_its_name(tmp_path: Path) -> None:
    folder = MediaFolder(touch(tmp_path, "a/1.mp4", "b/1.mp4", "c/d/2.mp4"), "videos")
    assert folder.file("a/1.mp4") == tmp_path.resolve() / "a" / "1.mp4"
    assert folder.file("1.mp4", ("b",)) == tmp_path.resolve() / "b" / "1.mp4"
    assert folder.file("2.mp4") == tmp_path.resolve() / "c" / "d" / "2.mp4"
    assert folder.file("3.mp4") is None
    with pytest.raises(UserError, match=r"1.mp4 is there more than once \(a/1.mp4 and b/1.mp4\); name the folder"):
        folder.file("1.mp4")


@pytest.mark.parametrize("name", ["../outside.mp4", "/etc/hostname", "a/../../outside.mp4"])
def test_nothing_outside_the_folder_is_found(name: str, tmp_path: Path) -> None:
    touch(tmp_path, "outside.mp4", "in/a/1.mp4")
    assert MediaFolder(tmp_path / "in", "videos").file(name) is None


def test_a_stem_finds_its_video_whatever_the_suffix_and_full_scale_wins(tmp_path: Path) -> None:
    folder = MediaFolder(touch(tmp_path, "full_scale/x.mp4", "clips/x.mkv", "y.webm", "y.json"), "videos")
    found = folder.video("x", ("full_scale",))
    assert found is not None
    assert found.parent.name == "full_scale"
    assert folder.video("y") == tmp_path.resolve() / "y.webm"
    assert folder.video("z") is None


def test_videos_nobody_asked_for_are_listed(tmp_path: Path) -> None:
    folder = MediaFolder(touch(tmp_path, "b.mp4", "a/c.mkv", "notes.txt", "d.mp4"), "videos")
    folder.file("d.mp4")
    assert folder.unused_videos() == ["a/c.mkv", "b.mp4"]


def test_a_missing_folder_is_a_mistake(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no such folder; name the folder of the films"):
        MediaFolder(tmp_path / "nowhere", "the films")


def test_a_link_takes_the_place_of_an_older_one_at_once(tmp_path: Path) -> None:
    touch(tmp_path, "one.mp4", "two.mp4")
    for name in ("one.mp4", "two.mp4"):
        link(tmp_path / name, tmp_path / "media" / "v.mp4")
        assert (tmp_path / "media" / "v.mp4").read_bytes() == name.encode()
    assert [path.name for path in (tmp_path / "media").iterdir()] == ["v.mp4"]


def test_a_folder_of_links_holds_the_named_files_alone(tmp_path: Path) -> None:
    source = touch(tmp_path / "film", "1.jpg", "2.jpg", "3.jpg")
    job = link_folder_job(source, ["1.jpg", "3.jpg"], "media/film")
    job.run(tmp_path / "out", ["media/film"])
    assert sorted(path.name for path in (tmp_path / "out" / "media" / "film").iterdir()) == ["1.jpg", "3.jpg"]
    assert link_folder_job(source, ["1.jpg"], "media/film").keys != job.keys
