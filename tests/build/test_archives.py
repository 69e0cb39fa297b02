from __future__ import annotations

import random
import shutil
import stat
import struct
import sys
import tempfile
import threading
import tracemalloc
import zipfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from copy import copy
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vstreamqa.build.archives import Archive
from vstreamqa.errors import UserError

MIB = 1 << 20
FRAMES = {
    f"ego4d_frames/{video}/{number:06}.jpg": random.Random(f"{video} {number}").randbytes(3000)
    for video in ("000012", "000013")
    for number in range(1, 6)
}


def pack(path: Path, contents: Mapping[str, bytes], method: int = ZIP_STORED) -> Path:
    with ZipFile(path, "w", method) as file:
        for name, content in contents.items():
            file.writestr(name, content)
    return path


def split(path: Path, size: int) -> list[Path]:
    """Cut a file into pieces, and remove it."""
    content = path.read_bytes()
    pieces = []
    for number, at in enumerate(range(0, len(content), size)):
        pieces.append(path.with_suffix(f".parta{chr(ord('a') + number)}"))
        pieces[-1].write_bytes(content[at : at + size])
    path.unlink()
    return pieces


def forge(path: Path, change: Callable[[ZipInfo], object], contents: Mapping[str, bytes] | None = None) -> Path:
    """Pack files, with the directory's line on the last of them changed."""
    with ZipFile(path, "w", ZIP_DEFLATED) as file:
        for name, content in (contents or {"a/good.jpg": b"good", "a/bad.jpg": b"bad"}).items():
            file.writestr(name, content)
        change(file.filelist[-1])
    return path


def named(name: str) -> Callable[[ZipInfo], object]:
    return lambda info: setattr(info, "filename", name)


def mode(bits: int) -> Callable[[ZipInfo], object]:
    return lambda info: setattr(info, "external_attr", (bits | 0o644) << 16)


def flag(bits: int) -> Callable[[ZipInfo], object]:
    # A flag set here goes through the writer's own arithmetic, which keeps it.
    return lambda info: setattr(info, "flag_bits", info.flag_bits | bits)


def everything(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(params=[ZIP_STORED, ZIP_DEFLATED], ids=["stored", "deflated"])
def frames(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return pack(tmp_path / "frames.zip", FRAMES, request.param)


@pytest.mark.parametrize("size", [None, 7000, 13000])
def test_a_folder_comes_out_flat_from_a_whole_archive_and_from_pieces(
    frames: Path, tmp_path: Path, size: int | None
) -> None:
    paths = split(frames, size) if size else [frames]
    with Archive(paths) as archive:
        archive.extract(archive.folders()["000013"], tmp_path / "out" / "000013")
    assert everything(tmp_path / "out") == {
        f"000013/{number:06}.jpg": FRAMES[f"ego4d_frames/000013/{number:06}.jpg"] for number in range(1, 6)
    }
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["000013"]


def test_members_are_found_by_folder_and_by_stem(tmp_path: Path) -> None:
    names = [
        "top.txt",
        "videos/000013.mp4",
        "videos/000012.mp4",
        "videos/000012.json",
        "./frames//000012/b.jpg",
        "frames/000012/a.jpg",
        "more/000012/c.jpg",
        "videos/.DS_Store",
        "__MACOSX/frames/000012/a.jpg",
    ]
    with ZipFile(tmp_path / "x.zip", "w") as file:
        for folder in ("./", "empty/", "frames/000012/"):
            file.writestr(ZipInfo(folder), b"")
        for name in names:
            file.writestr(name, b"")
    with Archive([tmp_path / "x.zip"]) as archive:
        assert archive.folders() == {
            "000012": ("./frames//000012/b.jpg", "frames/000012/a.jpg", "more/000012/c.jpg"),
            "videos": ("videos/000012.json", "videos/000012.mp4", "videos/000013.mp4"),
        }
        assert archive.stems() == {
            "000012": ("videos/000012.json", "videos/000012.mp4"),
            "000013": ("videos/000013.mp4",),
            **{stem: (name,) for stem, name in [("a", names[5]), ("b", names[4]), ("c", names[6]), ("top", "top.txt")]},
        }


def test_one_file_comes_out_under_the_name_wanted(frames: Path, tmp_path: Path) -> None:
    with Archive(split(frames, 5000)) as archive:
        archive.extract_file("ego4d_frames/000012/000003.jpg", tmp_path / "deep" / "down.jpg")
    assert everything(tmp_path / "deep") == {"down.jpg": FRAMES["ego4d_frames/000012/000003.jpg"]}


def test_what_is_there_already_is_left_alone(frames: Path, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_bytes(b"mine")
    with Archive([frames]) as archive:
        archive.extract(list(FRAMES)[:2], tmp_path / "folder")
        archive.extract_file(next(iter(FRAMES)), tmp_path / "file")
    assert not list((tmp_path / "folder").iterdir())
    assert (tmp_path / "file").read_bytes() == b"mine"


def test_empty_members_and_empty_archives_are_sound(tmp_path: Path) -> None:
    with Archive([pack(tmp_path / "x.zip", {})]) as archive:
        assert archive.folders() == archive.stems() == {}
    with Archive([pack(tmp_path / "y.zip", {"a/empty": b""}, ZIP_DEFLATED)]) as archive:
        archive.extract(["a/empty"], tmp_path / "out")
    assert everything(tmp_path / "out") == {"empty": b""}


def test_an_archive_behind_something_else_is_read(frames: Path, tmp_path: Path) -> None:
    frames.write_bytes(b"#!/bin/sh unpacks itself" + frames.read_bytes())
    with Archive([frames]) as archive:
        archive.extract(archive.folders()["000012"], tmp_path / "out")
    assert len(everything(tmp_path / "out")) == 5


def test_sizes_are_known_before_unpacking(frames: Path) -> None:
    with Archive([frames]) as archive:
        assert archive.unpacked_bytes(archive.folders()["000012"]) == 15000


HOSTILE: dict[str, tuple[Callable[[ZipInfo], object], str]] = {
    "parent": (named("../bad.jpg"), "leads out of its folder"),
    "parent within": (named("a/b/../../../bad.jpg"), "leads out of its folder"),
    "parent as a folder": (named("a/../"), "leads out of its folder"),
    "absolute": (named("/etc/bad.jpg"), "has an absolute path"),
    "drive": (named("C:\\bad.jpg"), "names a drive"),
    "drive within": (named("a/c:bad.jpg"), "names a drive"),
    "backslash": (named("a\\..\\bad.jpg"), "has a backslash in its name"),
    "NUL": (named("a/bad.jpg\0.txt"), "has control characters in its name"),
    "nothing before NUL": (named("\0bad.jpg"), "has control characters in its name"),
    "control": (named("a/bad\x1b[2J.jpg"), "has control characters in its name"),
    "new line": (named("a/bad\nUserError: all is well"), "has control characters in its name"),
    "C1 control": (named("a/bad\x85.jpg"), "has control characters in its name"),
    "dot": (named("a/."), "has no name of its own"),
    "empty": (named(""), "has no name of its own"),
    "long": (named(f"a/{'b' * 256}"), "has too long a name"),
    "link": (mode(stat.S_IFLNK), "is a symbolic link"),
    "pipe": (mode(stat.S_IFIFO), "is not a regular file"),
    "device": (mode(stat.S_IFBLK), "is not a regular file"),
    "socket": (mode(stat.S_IFSOCK), "is not a regular file"),
    "folder without a slash": (mode(stat.S_IFDIR), "is not a regular file"),
    "encrypted": (flag(0x1), "is encrypted"),
    "strongly encrypted": (flag(0x40), "is encrypted"),
    "masked": (flag(0x2000), "is encrypted"),
    "bzip2": (lambda info: setattr(info, "compress_type", 12), r"is compressed in an unknown way \(method 12\)"),
    "made up": (lambda info: setattr(info, "compress_type", 99), r"is compressed in an unknown way \(method 99\)"),
    "twice": (named("a/good.jpg"), "is there twice"),
    "twice but for case": (named("A/GOOD.jpg"), "is there twice"),
    "twice but for a dot": (named("a/./good.jpg"), "is there twice"),
    "bomb by its word": (lambda info: setattr(info, "file_size", 2 * MIB), "would unpack from 5 bytes to 2097152"),
    "before the first": (lambda info: setattr(info, "header_offset", 0), "lies over another entry"),
    "over the directory": (lambda info: setattr(info, "compress_size", 500), "lies over the directory"),
}


@pytest.mark.parametrize("case", HOSTILE)
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_hostile_entry_is_refused_by_name_and_nothing_is_written(tmp_path: Path, case: str) -> None:
    change, reason = HOSTILE[case]
    forge(tmp_path / "x.zip", change)
    with pytest.raises(UserError, match=rf"/x\.zip: entry ['\"].*['\"] {reason}") as caught:
        Archive([tmp_path / "x.zip"])
    assert str(caught.value).endswith(
        "nothing was unpacked: fetch it again, or pack it anew as plain files, stored or deflated"
    )
    assert len(str(caught.value).splitlines()) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["x.zip"]


def test_names_equal_but_for_their_accents_form_are_refused(tmp_path: Path) -> None:
    pack(tmp_path / "x.zip", {"caf\u00e9.jpg": b"", "cafe\u0301.jpg": b""})
    with pytest.raises(UserError, match="is there twice"):
        Archive([tmp_path / "x.zip"])


def test_a_link_would_not_be_followed_by_the_entry_behind_it(tmp_path: Path) -> None:
    with ZipFile(tmp_path / "x.zip", "w") as file:
        link = ZipInfo("a")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        file.writestr(link, "/etc")
        file.writestr("a/passwd", b"mine now")
    with pytest.raises(UserError, match="'a' is a symbolic link"):
        Archive([tmp_path / "x.zip"])


def test_real_zeros_are_a_bomb(tmp_path: Path) -> None:
    pack(tmp_path / "x.zip", {"zeros": bytes(2 * MIB)}, ZIP_DEFLATED)
    with pytest.raises(UserError, match=r"entry 'zeros' would unpack from \d+ bytes to 2097152, as a bomb does"):
        Archive([tmp_path / "x.zip"])


def test_a_small_entry_may_shrink_as_much_as_it_can(tmp_path: Path) -> None:
    pack(tmp_path / "x.zip", {"zeros": bytes(MIB)}, ZIP_DEFLATED)
    with Archive([tmp_path / "x.zip"]) as archive:
        archive.extract_file("zeros", tmp_path / "zeros")
    assert (tmp_path / "zeros").stat().st_size == MIB


def test_many_small_entries_are_a_bomb_together(tmp_path: Path) -> None:
    pack(tmp_path / "x.zip", {f"{number}": bytes(MIB) for number in range(68)}, ZIP_DEFLATED)
    with pytest.raises(UserError, match=r"x\.zip: its \d+ bytes would unpack to 71303168, as those of a bomb do"):
        Archive([tmp_path / "x.zip"])


def test_entries_that_share_their_content_are_refused(tmp_path: Path) -> None:
    with ZipFile(tmp_path / "x.zip", "w") as file:
        file.writestr("0", b"content")
        for number in range(1, 5):
            again = copy(file.filelist[0])
            again.filename = f"{number}"
            file.filelist.append(again)
    with pytest.raises(UserError, match=r"entry '1' lies over another entry"):
        Archive([tmp_path / "x.zip"])


def test_an_entry_that_contains_the_next_is_refused(tmp_path: Path) -> None:
    # The quoted overlap of https://www.bamsoftware.com/hacks/zipbomb/
    with ZipFile(tmp_path / "x.zip", "w") as file:
        file.writestr("outer", b"outer content")
        file.writestr("inner", b"inner content")
        file.filelist[0].compress_size += 20
    with pytest.raises(UserError, match=r"entry 'inner' lies over another entry"):
        Archive([tmp_path / "x.zip"])


def test_a_directory_of_false_size_is_not_read_into_memory(tmp_path: Path) -> None:
    path = pack(tmp_path / "x.zip", FRAMES)
    content = path.read_bytes()
    with path.open("wb") as file:
        file.write(content[:4])
        file.truncate(300 * MIB)  # no disk is used
        file.seek(0, 2)
        file.write(content[-22:-10] + struct.pack("<I", 200 * MIB) + content[-6:])
    with pytest.raises(UserError, match="a directory of 209715200 bytes"):
        Archive([path])


@pytest.mark.parametrize("content", [b"", b"P", b"text", bytes(100_000)])
def test_another_kind_of_file_is_no_archive(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.zip").write_bytes(content)
    with pytest.raises(UserError, match=r"x\.zip: is not a zip archive; fetch it again, whole"):
        Archive([tmp_path / "x.zip"])


@pytest.mark.parametrize("kept", [1, 10, 21, 22, 60, 300, 5000])
def test_a_last_piece_that_is_cut_off_is_told(frames: Path, kept: int) -> None:
    *first, last = split(frames, 9000)
    content = last.read_bytes()
    last.write_bytes(content[:-kept])
    with pytest.raises(UserError, match=r"frames\.partaa to \.parta.: is cut off, lacks a piece or is damaged"):
        Archive([*first, last])


def test_a_last_piece_that_is_missing_is_told(frames: Path) -> None:
    with pytest.raises(UserError, match=r"frames\.partaa to \.parta.: is cut off, lacks a piece"):
        Archive(split(frames, 9000)[:-1])


@pytest.mark.parametrize("piece", [0, 1])
def test_a_piece_in_between_that_is_cut_off_is_told(frames: Path, piece: int) -> None:
    pieces = split(frames, 9000)
    content = pieces[piece].read_bytes()
    pieces[piece].write_bytes(content[:-77])
    with pytest.raises(UserError, match=r"lies 77 bytes before the first: a piece is cut off or missing"):
        Archive(pieces)


def test_a_piece_that_cannot_be_read_is_named(frames: Path, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"/gone: cannot be read \(No such file or directory\); check the path"):
        Archive([frames, tmp_path / "gone"])
    with pytest.raises(UserError, match=r"cannot be read \(Is a directory\)"):
        Archive([tmp_path])


def corrupt(path: Path, member: str) -> None:
    """Change a byte in the middle of a member's content."""
    with ZipFile(path) as file:
        info = file.getinfo(member)
    at = info.header_offset + 30 + len(member) + info.compress_size // 2
    content = bytearray(path.read_bytes())
    content[at] ^= 0xFF
    path.write_bytes(content)


def test_a_changed_byte_is_found_and_only_its_member_is_lost(frames: Path, tmp_path: Path) -> None:
    member = "ego4d_frames/000012/000004.jpg"
    corrupt(frames, member)
    with Archive(split(frames, 6000)) as archive:
        message = rf"frames\.partaa.*: '{member}' is damaged \(.+\); fetch the archive"
        with pytest.raises(UserError, match=message):
            archive.extract(archive.folders()["000012"], tmp_path / "out" / "000012")
        with pytest.raises(UserError, match=message):
            archive.extract_file(member, tmp_path / "out" / "one.jpg")
        assert not list((tmp_path / "out").iterdir())
        archive.extract(archive.folders()["000013"], tmp_path / "out" / "000013")
    assert len(everything(tmp_path / "out")) == 5


def test_a_false_distance_within_deflate_is_damage(tmp_path: Path) -> None:
    path = pack(tmp_path / "x.zip", {"a": b"abc" * 1000}, ZIP_DEFLATED)
    content = bytearray(path.read_bytes())
    content[31] = 0xFF  # the first byte of the stream: a kind of block there is not
    path.write_bytes(content)
    with Archive([path]) as archive, pytest.raises(UserError, match=r"'a' is damaged.*invalid"):
        archive.extract_file("a", tmp_path / "a")
    assert not (tmp_path / "a").exists()


@pytest.mark.parametrize(
    ("method", "field", "by"),
    [
        (ZIP_STORED, "file_size", 5),
        (ZIP_STORED, "file_size", -5),
        (ZIP_STORED, "compress_size", -5),
        (ZIP_DEFLATED, "file_size", 5),
        (ZIP_DEFLATED, "file_size", -5),
        (ZIP_DEFLATED, "compress_size", -5),
    ],
)
def test_a_member_of_another_size_than_declared_is_damage(tmp_path: Path, method: int, field: str, by: int) -> None:
    with ZipFile(tmp_path / "x.zip", "w", method) as file:
        file.writestr("a", random.Random(0).randbytes(50_000))
        setattr(file.filelist[0], field, getattr(file.filelist[0], field) + by)
    with Archive([tmp_path / "x.zip"]) as archive, pytest.raises(UserError, match="'a' is damaged"):
        archive.extract(["a"], tmp_path / "out")
    assert [path.name for path in tmp_path.iterdir()] == ["x.zip"]


def test_no_more_is_written_than_declared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pack(tmp_path / "x.zip", {"a": b"abc"})
    with Archive([tmp_path / "x.zip"]) as archive:
        monkeypatch.setattr(zipfile.ZipExtFile, "read", lambda self, size: b"endless")
        with pytest.raises(UserError, match=r"'a' is damaged \(it holds more than it declares\)"):
            archive.extract_file("a", tmp_path / "a")


@pytest.mark.parametrize("at", [0, 30])
def test_a_local_header_that_says_otherwise_is_damage(tmp_path: Path, at: int) -> None:
    path = pack(tmp_path / "x.zip", {"abc": b"content"})
    content = bytearray(path.read_bytes())
    content[at] ^= 1
    path.write_bytes(content)
    with Archive([path]) as archive, pytest.raises(UserError, match=r"'abc' is damaged .*header"):
        archive.extract(["abc"], tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(("where", "message"), [("last", "is damaged .*decode"), ("first", "'é' is damaged .*decode")])
def test_a_name_that_cannot_be_decoded_is_damage(tmp_path: Path, where: str, message: str) -> None:
    path = pack(tmp_path / "x.zip", {"é": b"content"})
    content = path.read_bytes()
    at = content.rindex(b"\xc3\xa9") if where == "last" else content.index(b"\xc3\xa9")
    path.write_bytes(content[:at] + b"\xff" + content[at + 1 :])

    def unpack() -> None:
        with Archive([path]) as archive:
            archive.extract(["é"], tmp_path / "out")

    with pytest.raises(UserError, match=message):
        unpack()


@settings(max_examples=150, deadline=None)
@given(
    changes=st.dictionaries(st.integers(0, 2000), st.integers(0, 255), min_size=1, max_size=6), cut=st.integers(0, 3)
)
def test_whatever_changes_an_archive_gives_what_was_packed_or_a_user_error(changes: dict[int, int], cut: int) -> None:
    packed = {"a/1.jpg": b"plain text " * 9, "a/2.jpg": random.Random(0).randbytes(70), "é/3.jpg": b"", "b/": b""}
    with tempfile.TemporaryDirectory() as folder:
        path = pack(Path(folder, "x.zip"), packed, ZIP_DEFLATED)
        content = bytearray(path.read_bytes())
        for at, value in changes.items():
            content[at % len(content)] = value
        path.write_bytes(content[: len(content) - cut])
        with suppress(UserError), Archive(split(path, 200)) as archive:
            for number, members in enumerate(archive.folders().values()):
                archive.extract(members, Path(folder, "out", f"{number}"))
        left = [path for path in Path(folder).rglob("*") if path.is_file() and ".part" not in path.name]
        assert {path.read_bytes() for path in left} <= set(packed.values())
        assert all(path.parent.parent == Path(folder, "out") for path in left)


def test_an_archive_that_is_cut_off_later_is_damage(frames: Path, tmp_path: Path) -> None:
    with Archive([frames]) as archive:
        with frames.open("r+b") as file:
            file.truncate(1000)
        with pytest.raises(UserError, match="is damaged"):
            archive.extract(archive.folders()["000013"], tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_members_that_would_get_one_name_are_refused(tmp_path: Path) -> None:
    pack(tmp_path / "x.zip", {"a/1.jpg": b"", "b/1.JPG": b""})
    with Archive([tmp_path / "x.zip"]) as archive:
        with pytest.raises(UserError, match=r"'a/1.jpg' and 'b/1.JPG' would get one name; unpack them into two"):
            archive.extract(["b/1.JPG", "a/1.jpg"], tmp_path / "out")
        archive.extract(["a/1.jpg", "a/1.jpg"], tmp_path / "out")
    assert everything(tmp_path / "out") == {"1.jpg": b""}


@pytest.mark.parametrize("name", ["a/2.jpg", "a/", "a", "../1.jpg", ""])
def test_a_member_that_is_not_there_is_named(tmp_path: Path, name: str) -> None:
    with ZipFile(tmp_path / "x.zip", "w") as file:
        file.writestr(ZipInfo("a/"), b"")
        file.writestr("a/1.jpg", b"")
    with Archive([tmp_path / "x.zip"]) as archive:
        message = rf"x\.zip: has no file '{name}'; check the name"
        with pytest.raises(UserError, match=message):
            archive.extract([name], tmp_path / "out")
        with pytest.raises(UserError, match=message):
            archive.extract_file(name, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_full_disk_is_told_before_anything_is_written(
    frames: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(tmp_path)._replace(free=14_999)
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: usage)
    with Archive([frames]) as archive:
        with pytest.raises(OSError, match=r"15000 bytes are needed for what is unpacked from .*14999 are free.*/out"):
            archive.extract(archive.folders()["000012"], tmp_path / "out" / "000012")
        archive.extract_file(next(iter(FRAMES)), tmp_path / "out" / "1.jpg")
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["1.jpg"]


def test_a_stop_leaves_nothing_under_the_final_name(
    frames: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    seen: list[list[str]] = []

    def stop(self: zipfile.ZipExtFile, size: int) -> bytes:
        seen.append([path.name for path in out.iterdir()])
        raise KeyboardInterrupt

    monkeypatch.setattr(zipfile.ZipExtFile, "read", stop)
    with Archive([frames]) as archive:
        with pytest.raises(KeyboardInterrupt):
            archive.extract(archive.folders()["000012"], out / "000012")
        with pytest.raises(KeyboardInterrupt):
            archive.extract_file(next(iter(FRAMES)), out / "1.jpg")
    assert [len(names) for names in seen] == [1, 1]
    assert seen[0][0].startswith(".000012-building-")
    assert seen[1][0].startswith(".1.jpg-building-")
    assert not list(out.iterdir())


def test_two_threads_share_an_archive(tmp_path: Path) -> None:
    contents = {
        f"frames/{video}/{number:06}.jpg": random.Random(f"{video} {number}").randbytes(700 + 13 * number)
        for video in ("a", "b")
        for number in range(150)
    }
    interleaved = dict(sorted(contents.items(), key=lambda item: item[0][-10:]))
    pieces = split(pack(tmp_path / "x.zip", interleaved, ZIP_DEFLATED), 30_000)
    errors: list[BaseException] = []
    interval = sys.getswitchinterval()
    with Archive(pieces) as archive:
        folders = archive.folders()

        def work(video: str) -> None:
            try:
                for turn in range(3):
                    archive.extract(folders[video], tmp_path / "out" / f"{video}{turn}")
            except BaseException as error:
                errors.append(error)

        sys.setswitchinterval(1e-6)
        try:
            threads = [threading.Thread(target=work, args=(video,)) for video in ("a", "b")]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        finally:
            sys.setswitchinterval(interval)
    assert not errors
    assert everything(tmp_path / "out") == {
        f"{Path(name).parent.name}{turn}/{Path(name).name}": content
        for name, content in contents.items()
        for turn in range(3)
    }


@pytest.mark.parametrize("method", [ZIP_STORED, ZIP_DEFLATED])
def test_memory_does_not_grow_with_a_member(tmp_path: Path, method: int) -> None:
    pack(tmp_path / "x.zip", {"big": random.Random(0).randbytes(MIB) * 24}, method)
    with Archive(split(tmp_path / "x.zip", 9 * MIB)) as archive:
        tracemalloc.start()
        archive.extract_file("big", tmp_path / "big")
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak < 8 * MIB
    assert (tmp_path / "big").stat().st_size == 24 * MIB
