from __future__ import annotations

from pathlib import Path

import pytest

from vstreamqa.atomic import write_atomically
from vstreamqa.errors import UserError
from vstreamqa.runs.lines import Appender, read_lines
from vstreamqa.schema import Fault

FIRST, SECOND = Fault(kind="a", message="é\n1"), Fault(kind="b", message="2")


def write(path: Path, *faults: Fault) -> None:
    file = Appender(path)
    for fault in faults:
        file.append(fault)
    file.close()


def test_what_was_appended_is_in_the_file_before_the_file_is_closed(tmp_path: Path) -> None:
    file = Appender(tmp_path / "rows.jsonl")
    file.append(FIRST)
    assert read_lines(tmp_path / "rows.jsonl", Fault) == [FIRST]
    file.close()


@pytest.mark.parametrize("torn", [b"{", b'{"kind":"c","message":"whole but without its end of line"}'])
def test_a_torn_last_line_is_dropped_and_written_over(tmp_path: Path, torn: bytes) -> None:
    path = tmp_path / "rows.jsonl"
    write(path, FIRST)
    path.write_bytes(path.read_bytes() + torn)
    assert read_lines(path, Fault) == [FIRST]
    write(path, SECOND)
    assert read_lines(path, Fault) == [FIRST, SECOND]


def test_a_broken_line_within_a_file_names_file_line_and_remedy(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text('{"kind":"a","message":"b"}\n{"kind":3,"message":"b"}\n')
    with pytest.raises(UserError, match=r"rows\.jsonl, line 2: .*\$\.kind.*--fresh"):
        read_lines(path, Fault)


def test_a_failed_write_leaves_the_old_file_and_no_temporary_one(tmp_path: Path) -> None:
    path = tmp_path / "file"
    write_atomically(path, b"old")
    with pytest.raises(TypeError):
        write_atomically(path, "not bytes")  # type: ignore[arg-type]
    assert path.read_bytes() == b"old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["file"]
