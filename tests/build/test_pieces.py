from __future__ import annotations

import io
import itertools
import os
import string
import tempfile
from pathlib import Path

import psutil
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vstreamqa.build.pieces import Pieces, find_pieces
from vstreamqa.errors import UserError

CONTENT = bytes(range(64))
MOVES = st.lists(st.tuples(st.integers(-40, 80), st.sampled_from([0, 1, 2]), st.integers(0, 60)), max_size=20)


def write(folder: Path, contents: list[bytes]) -> list[Path]:
    paths = [folder / f"{number}" for number in range(len(contents))]
    for path, content in zip(paths, contents, strict=True):
        path.write_bytes(content)
    return paths


@settings(max_examples=100, deadline=None)
@given(cuts=st.lists(st.integers(0, len(CONTENT)), max_size=8), moves=MOVES, buffered=st.booleans())
def test_pieces_read_as_the_whole_does(cuts: list[int], moves: list[tuple[int, int, int]], buffered: bool) -> None:
    edges = [0, *sorted(cuts), len(CONTENT)]
    with tempfile.TemporaryDirectory() as folder:
        paths = write(Path(folder), [CONTENT[a:b] for a, b in itertools.pairwise(edges)])
        whole = io.BytesIO(CONTENT)
        with Pieces(paths) as raw, io.BufferedReader(raw, 16) as reader:
            file = reader if buffered else raw
            for offset, whence, count in moves:
                target = offset + {0: 0, 1: whole.tell(), 2: len(CONTENT)}[whence]
                if target < 0:
                    with pytest.raises((OSError, ValueError)):
                        file.seek(offset, whence)
                    continue
                assert file.seek(offset, whence) == file.tell() == whole.seek(target)
                piece = file.read(count)
                assert piece is not None
                expected = whole.read(count)
                # A raw file may stop short at the end of a piece, but not stand still.
                assert piece == (expected if buffered else expected[: max(len(piece), min(1, len(expected)))])
                whole.seek(target + len(piece))
                assert file.tell() == whole.tell()
            file.seek(0)
            assert file.read() == CONTENT


def test_a_position_before_the_first_byte_is_refused_as_files_do(tmp_path: Path) -> None:
    with Pieces(write(tmp_path, [b"abc"])) as pieces, pytest.raises(OSError, match="before the first byte"):
        pieces.seek(-4, os.SEEK_END)


def test_pieces_cannot_be_written_to_and_not_be_read_once_closed(tmp_path: Path) -> None:
    pieces = Pieces(write(tmp_path, [b"abc", b"de"]))
    assert pieces.readable()
    assert pieces.seekable()
    assert not pieces.writable()
    assert pieces.size == 5
    pieces.close()
    for use in (pieces.tell, pieces.read, lambda: pieces.seek(0)):
        with pytest.raises(ValueError, match="closed"):
            use()


def test_a_few_pieces_are_open_at_once_and_none_when_closed(tmp_path: Path) -> None:
    paths = write(tmp_path, [bytes([number]) for number in range(40)])
    before = psutil.Process().num_fds()
    with Pieces(paths) as pieces:
        assert pieces.read() == bytes(range(40))
        assert 0 < psutil.Process().num_fds() - before <= 4
    assert psutil.Process().num_fds() == before


def test_a_piece_that_is_not_there_tells_at_once(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="gone"):
        Pieces([*write(tmp_path, [b"abc"]), tmp_path / "gone"])


def test_a_piece_that_shrinks_is_an_end_and_no_endless_loop(tmp_path: Path) -> None:
    paths = write(tmp_path, [b"abc", b"de"])
    with Pieces(paths) as pieces:
        paths[0].write_bytes(b"a")
        assert pieces.read() == b"a"


def touch(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).touch()


@pytest.mark.parametrize("prefix", ["x.part", "x.zip.part"])
@pytest.mark.parametrize("length", [2, 3])
def test_pieces_come_in_the_order_of_split(tmp_path: Path, prefix: str, length: int) -> None:
    series = ["".join(letters) for letters in itertools.product(string.ascii_lowercase, repeat=length)][:30]
    names = [f"{prefix}{letters}" for letters in series]
    touch(tmp_path, *reversed(names))
    assert [path.name for path in find_pieces(tmp_path, "x")] == names


def test_a_whole_archive_is_one_piece(tmp_path: Path) -> None:
    touch(tmp_path, "x.zip")
    assert find_pieces(tmp_path, "x") == (tmp_path / "x.zip",)


def test_a_piece_may_be_a_link(tmp_path: Path) -> None:
    touch(tmp_path, "blob")
    (tmp_path / "x.partaa").symlink_to(tmp_path / "blob")
    assert find_pieces(tmp_path, "x") == (tmp_path / "x.partaa",)


def test_other_names_are_not_pieces(tmp_path: Path) -> None:
    others = ["x.part00", "x.partAA", "x.parta", "x.partaaaa", "x.partaa.crdownload", "x.zip.partial", "x.partial"]
    touch(tmp_path, *others, "xx.partaa", "x_.zip", "xazip", "y.zip")
    (tmp_path / "x.zip").mkdir()
    assert find_pieces(tmp_path, "x") == ()
    assert find_pieces(tmp_path, "x.") == ()
    assert find_pieces(tmp_path / "nowhere", "x") == ()


@pytest.mark.parametrize(
    ("there", "missing"),
    [
        (["x.partaa", "x.partac"], "x.partab"),
        (["x.partab", "x.partac"], "x.partaa"),
        (["x.zip.partaaa", "x.zip.partaab", "x.zip.partaad"], "x.zip.partaac"),
        ([f"x.parta{letter}" for letter in string.ascii_lowercase[:-1]] + ["x.partba"], "x.partaz"),
    ],
)
def test_a_gap_is_named(tmp_path: Path, there: list[str], missing: str) -> None:
    touch(tmp_path, *there)
    with pytest.raises(UserError, match=rf"/{missing}: missing, and x\..* is there; fetch it too"):
        find_pieces(tmp_path, "x")


@pytest.mark.parametrize(
    "there",
    [("x.zip", "x.partaa"), ("x.zip", "x.zip.partaa"), ("x.partaa", "x.zip.partaa"), ("x.partaa", "x.partaaa")],
)
def test_an_archive_in_two_forms_is_refused(tmp_path: Path, there: tuple[str, str]) -> None:
    touch(tmp_path, *there)
    with pytest.raises(UserError, match=r"x is there in more than one form \(.* and .*\); remove"):
        find_pieces(tmp_path, "x")
