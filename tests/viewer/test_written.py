"""The page as files: it holds the run and a limited number of pictures, and asks nobody."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from viewed import HOSTILE, a_row, an_answer_to, frame_number, in_script, keep_viewed

from vstreamqa.cli.main import run
from vstreamqa.viewer import written
from vstreamqa.viewer.reading import question_key


def test_pictures_lie_beside_the_page(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [a_row("q", time=5), a_row("r", time=1.5)]
    path = keep_viewed(tmp_path, rows, [an_answer_to(row, "red") for row in rows])
    out = tmp_path / "page"
    assert run(["view", str(path), "--out", str(out)]) == 0
    assert "2 questions, 6 pictures" in capsys.readouterr().out
    found = in_script((out / "data.js").read_text())
    assert found["served"] is False
    strips = [found["strips"][question_key(row)] for row in rows]
    assert [[one["time"] for one in strip["frames"]] for strip in strips] == [[0, 1, 2, 3, 4, 5], [0, 1]]
    assert frame_number((out / strips[1]["frames"][1]["src"]).read_bytes()) == 30
    assert strips[0]["n"] == 6
    assert len(list(out.glob("frames/*/*.jpg"))) == 6, "questions of one stream share their pictures"


def test_the_page_asks_nobody_and_runs_no_script_of_others(tmp_path: Path) -> None:
    row = a_row(text=HOSTILE)
    out = tmp_path / "page"
    path = keep_viewed(tmp_path, [row], [an_answer_to(row, HOSTILE)])
    assert run(["view", str(path), "--out", str(out)]) == 0
    page = (out / "index.html").read_text()
    assert 'http-equiv="Content-Security-Policy" content="default-src \'self\' file:;' in page
    wanted = re.findall(r'(?:src|href)="([^"#]+)"', page)
    assert wanted
    for name in wanted:
        assert name == "data:," or (out / name).is_file(), name
    assert "<" not in (out / "data.js").read_text()
    assert (out / "vendor" / "licences" / "vega.txt").is_file()


def test_the_same_run_gives_the_same_bytes(tmp_path: Path) -> None:
    row = a_row()
    path = keep_viewed(tmp_path, [row], [an_answer_to(row, "red")])
    for name in ("one", "two"):
        assert run(["view", str(path), "--out", str(tmp_path / name)]) == 0
    for file in (tmp_path / "one").rglob("*"):
        if file.is_file():
            assert (tmp_path / "two" / file.relative_to(tmp_path / "one")).read_bytes() == file.read_bytes()


def test_pictures_are_bounded_and_what_is_left_out_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [a_row("q", time=5), a_row("r", time=5)]
    path = keep_viewed(tmp_path, rows, [an_answer_to(row, "red") for row in rows])
    monkeypatch.setattr(written, "MOST_BYTES", 4096)
    assert run(["view", str(path), "--out", str(tmp_path / "page")]) == 0
    assert "left out at 2 questions for their size" in capsys.readouterr().out
    assert sum(file.stat().st_size for file in tmp_path.glob("page/frames/*/*.jpg")) <= 4096
    strip = in_script((tmp_path / "page" / "data.js").read_text())["strips"][question_key(rows[0])]
    assert "left out" in strip["remark"]


def test_media_that_is_not_there_is_said_on_the_page(tmp_path: Path) -> None:
    row = a_row()
    path = keep_viewed(tmp_path, [row], [an_answer_to(row, "red")])
    (tmp_path / "clip.mp4").unlink()
    assert run(["view", str(path), "--out", str(tmp_path / "page")]) == 0
    strip = in_script((tmp_path / "page" / "data.js").read_text())["strips"][question_key(row)]
    assert strip["frames"] == []
    assert "clip.mp4" in strip["remark"]


@pytest.mark.parametrize("out", ["run/page", "run", "full"])
def test_it_writes_over_nothing(
    out: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    row = a_row()
    keep_viewed(tmp_path, [row], [an_answer_to(row, "red")])
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("mine")
    monkeypatch.chdir(tmp_path)
    assert run(["view", "run", "--out", out]) == 2
    assert capsys.readouterr().err.startswith(f"vstreamqa: --out {out}: ")
    assert [file.name for file in (tmp_path / "full").iterdir()] == ["mine.txt"]
