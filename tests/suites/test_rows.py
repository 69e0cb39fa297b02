from __future__ import annotations

from pathlib import Path

import pytest

from vstreamqa.errors import UserError
from vstreamqa.suites.rows import read_rows


def written(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def test_the_three_forms_hold_the_same_rows(tmp_path: Path) -> None:
    expected = [
        {"question": "Who, then?", "time": 4, "options": ["a", "b"], "evidence": [1, 2.5]},
        {"question": "What?", "time": 0.5},
    ]
    as_json = written(
        tmp_path,
        "q.json",
        '[{"question": "Who, then?", "time": 4, "options": ["a", "b"], "evidence": [1, 2.5]},'
        ' {"question": "What?", "time": 0.5}]',
    )
    as_lines = written(
        tmp_path,
        "q.jsonl",
        '{"question": "Who, then?", "time": 4, "options": ["a", "b"], "evidence": [1, 2.5]}\n\n'
        '{"question": "What?", "time": 0.5}\n',
    )
    content = '\ufeffquestion,time,options,evidence\r\n"Who, then?",4,a|b,1|2.5\r\n\r\nWhat?,.5,,\r\n'
    as_csv = written(tmp_path, "q.csv", content)
    for path in (as_json, as_lines, as_csv):
        rows = read_rows(path)
        assert [row.value for row in rows] == expected
        assert [row.number for row in rows] == [1, 2]


def test_options_of_a_cell_may_be_a_json_list(tmp_path: Path) -> None:
    path = written(tmp_path, "q.csv", 'question,time,options\nWho?,1,"[""a|b"", ""c""]"\n')
    assert read_rows(path)[0].value["options"] == ["a|b", "c"]


def test_what_is_no_number_in_a_cell_stays_text(tmp_path: Path) -> None:
    path = written(tmp_path, "q.csv", "question,time\nWho?,soon\nWho?,nan\nWho?,1_000\n")
    assert [row.value["time"] for row in read_rows(path)] == ["soon", "nan", "1_000"]


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("q.json", '[\n{"time": 1,}\n]', "line 2: not JSON"),
        ("q.json", '{"time": 1}', "holds no list"),
        ("q.json", "[]", "holds no question"),
        ("q.json", b"[\xff]", "byte 1 is not UTF-8"),
        ("q.json", "[" * 100_000, "not JSON that can be read"),
        ("q.json", "[" + "9" * 5000 + "]", "not JSON that can be read"),
        ("q.jsonl", "\n\n", "holds no question"),
        ("q.csv", "", "holds no question"),
        ("q.csv", "question,time\n", "holds no question"),
        ("q.csv", "question,time,time\nWho?,1,2\n", "column 'time' stands twice"),
        ("q.csv", 'question,time\n"Who?,1\n', "not CSV"),
        ("q.txt", "question", "not a questions file; known: .csv, .json, .jsonl"),
    ],
)
def test_a_file_that_cannot_be_read_is_one_line(name: str, content: str | bytes, expected: str, tmp_path: Path) -> None:
    with pytest.raises(UserError) as raised:
        read_rows(written(tmp_path, name, content))
    message = str(raised.value)
    assert expected in message
    assert str(tmp_path / name) in message
    assert "\n" not in message


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"q\.json: cannot be read \(No such file or directory\)"):
        read_rows(tmp_path / "q.json")


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("q.json", '[{"time": 1}, {"time": 1, "time": 2}]', "field 'time' stands twice"),
        ("q.jsonl", '{"time": 1}\n\n{"time"}\n', "line 3 is not JSON"),
        ("q.csv", "question,time\nWho?,1\nWho, then?,1\n", "has 3 cells where the header has 2"),
    ],
)
def test_a_row_that_cannot_be_read_is_kept_with_its_problem(
    name: str, content: str, expected: str, tmp_path: Path
) -> None:
    rows = read_rows(written(tmp_path, name, content))
    assert [row.problem is None for row in rows] == [True, False]
    assert expected in str(rows[1].problem)
