"""`vstreamqa build`, `validate`, `push` and `list suites` as their user meets them."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from commands import make_clip, make_questions
from downloads import EGO, write_ego4d, write_movienet, write_official

from vstreamqa import load_suite
from vstreamqa.build.assembling import Target
from vstreamqa.build.vstream_qa.downloads import Downloads
from vstreamqa.cli.main import run
from vstreamqa.errors import UserError

ROWS = [
    {"video": "a.mp4", "question": "Is it there?", "time": 1, "answer": "Yes"},
    {"video": "b.mp4", "question": "Is it there?", "time": 2, "answer": "Yes"},
]


@pytest.fixture
def videos(workplace: Path) -> Path:
    for name in ("a.mp4", "b.mp4"):
        make_clip(workplace / "videos", name, seconds=2)
    return workplace / "videos"


def build_own(workplace: Path) -> list[str]:
    questions = str(make_questions(workplace, ROWS))
    return ["build", "questions", "--videos", "videos", "--questions", questions, "--out", "mine"]


def test_a_suite_of_ones_own_is_built_listed_checked_and_evaluated(
    videos: Path, workplace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(build_own(workplace)) == 0
    told = capsys.readouterr().out
    assert "mine/default: 2 of 2 questions, 2 of 2 streams (complete)" in told
    assert "datasets.load_dataset('mine', 'default', split='test')" in told
    assert run(["list", "suites", "--data", "mine"]) == 0
    assert re.search(r"mine +a suite of one's own \(configs: default\): built at mine", capsys.readouterr().out)
    assert run(["validate", "mine"]) == 0
    assert "mine: no problem; 2 media read" in capsys.readouterr().out
    assert run(["push", "mine", "--repo", "me/mine", "--dry-run"]) == 0
    assert "would upload README.md" in capsys.readouterr().out
    evaluation = ["eval", "--model", "flash-vstream", "--checkpoint", "demo", "--suite", "mine", "--data", "mine"]
    assert run([*evaluation, "--out", "run"]) == 0
    assert "mine/default" in capsys.readouterr().out


def test_what_is_damaged_later_is_listed_and_the_exit_code_is_1(
    videos: Path, workplace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(build_own(workplace))
    (videos / "a.mp4").unlink()
    (videos / "b.mp4").write_bytes(b"no video")
    capsys.readouterr()
    assert run(["validate", "mine"]) == 1
    told = capsys.readouterr().out
    assert "media: media/a.mp4: " in told
    assert "media: media/b.mp4: " in told
    assert "mine: 2 problems; 2 media read" in told


def test_vstream_qa_is_partly_built_from_a_part_of_the_downloads(
    workplace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_official(workplace / "annotations")
    write_ego4d(workplace / "ego4d")
    write_movienet(workplace / "movienet")
    command = ["build", "vstream-qa", "--annotations", "annotations", "--ego4d", "ego4d", "--movienet", "movienet"]
    command += ["--out", "data/vstream-qa"]
    assert run(command) == 2
    captured = capsys.readouterr()
    assert captured.err.count("\n") == 1
    assert "or build what is there with --allow-missing" in captured.err
    assert "rvs-ego: 6 questions where 1465 are expected, 2 streams where 10 are" in captured.out
    assert run([*command, "--allow-missing"]) == 0
    assert "vstream-qa/rvs-ego: 6 of 1465 questions, 2 of 10 streams (partial)" in capsys.readouterr().out
    run(["list", "suites", "--data", "data"])
    listed = capsys.readouterr().out
    assert "partly built at data/vstream-qa (rvs-ego 6 of 1465 questions" in listed
    assert "not built; vstreamqa build river --annotations DIR" in listed
    dry = ["eval", "--model", "flash-vstream", "--suite", "vstream-qa/rvs-ego", "--data", "data", "--dry-run"]
    assert run(dry) == 0
    planned = capsys.readouterr().out
    assert "vstream-qa/rvs-ego: 6 questions" in planned
    assert "note: vstream-qa/rvs-ego: partial: 6 of 1465 questions, 2 of 10 streams" in planned
    assert (workplace / "data" / "vstream-qa" / "media" / "ego4d" / f"{EGO[0]}.mp4").is_symlink()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["build", "vstream-qa", "--out", "x"], "--annotations"),
        (["list", "suites", "--data", "nowhere"], "nowhere: no such folder; name the folder of the suites with --data"),
        (["build", "vstream-qa", "--annotations", "nowhere", "--out", "x"], "nowhere: no such folder"),
        (["build", "vstream-qa", "--annotations", ".", "--out", "x"], "holds no annotations of VStream-QA"),
        (["build", "vstreamqa"], "vstreamqa.*vstream-qa"),
        (["build", "vstream-qa", "--annotations", ".", "--out", "x", "--layout", "offical"], "did you mean 'official'"),
        (["build", "river", "--annotations", ".", "--videos", "nowhere", "--out", "x"], "nowhere: no such folder"),
        (["build", "questions", "--videos", ".", "--questions", "no.json", "--out", "x"], "no.json: cannot be read"),
        (["build", "mini", "--out", "/dev/null/x"], "/dev/null/x"),
        (
            ["build", "mini", "--out", "x", "--config", "horizon", "--config", "narration"],
            "--config horizon --config narration: give one",
        ),
        (["build", "mini", "--out", "x", "--config", "horizn"], "--config horizn: .*did you mean 'horizon'"),
        (["build", "world", "--out", "x", "--length", "30", "--streams", "10001"], "--streams 10001: .* 1 to 10000"),
        (["validate", "nowhere"], "nowhere: no suite is built there"),
        (["push", "nowhere", "--repo", "a/b"], "nowhere: no suite is built there"),
        (["eval", "--model", "flash-vstream", "--suite", "vstream-qa/rvs-ego"], "not built at .*vstreamqa build"),
        (["eval", "--model", "flash-vstream", "--suite", "vstreamqa"], "did you mean 'vstream-qa'"),
    ],
)
def test_mistakes_are_one_line_and_exit_code_2(
    arguments: list[str], message: str, workplace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(arguments) == 2
    complaint = capsys.readouterr().err
    assert complaint.count("\n") == 1
    assert re.search(message, complaint)


def test_a_build_stopped_before_its_folder_is_there_does_not_name_it() -> None:
    code = (
        "from pathlib import Path\n"
        "from vstreamqa.cli.build import _told\n"
        "def stop():\n"
        "    raise KeyboardInterrupt\n"
        "_told(stop, Path('gone'))\n"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stderr) == (130, "stopped; nothing was built yet\n")


def test_every_option_of_vstream_qa_reaches_the_builder(workplace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: dict[str, Any] = {}

    def build(downloads: object, target: object, *, cutting: str) -> None:
        seen.update(downloads=downloads, target=target, cutting=cutting)
        raise UserError("seen")

    monkeypatch.setattr("vstreamqa.build.vstream_qa.building.build_vstream_qa", build)
    folders = {name: f"in-{name}" for name in ("annotations", "ego4d", "movienet", "frames", "features")}
    options = [word for name, folder in folders.items() for word in (f"--{name}", folder)]
    command = ["build", "vstream-qa", *options, "--out", "o", "--layout", "official", "--workers", "3"]
    assert run([*command, "--allow-missing"]) == 2
    assert seen["downloads"] == Downloads(**{name: Path(folder) for name, folder in folders.items()})
    assert seen["target"] == Target(suite="vstream-qa", out=Path("o"), allow_missing=True, workers=3)
    assert seen["cutting"] == "official"
    run(["build", "vstream-qa", "--annotations", "a", "--out", "o", "--workers", "1"])
    assert seen["target"] == Target(suite="vstream-qa", out=Path("o"), allow_missing=False, workers=1)
    assert seen["cutting"] == "uncut"


def test_a_family_and_ones_own_questions_take_their_options(videos: Path, workplace: Path) -> None:
    (workplace / "river").mkdir()
    family = ["build", "river", "--annotations", "river", "--videos", "videos", "--out", "r"]
    assert run(family) == 2
    np.save(videos / "frames.npy", np.zeros((4, 8, 8, 3), np.uint8))
    rows = [
        {"video": "frames.npy", "question": "Is it dark?", "time": 1.5},
        {"video": "gone", "question": "?", "time": 1},
    ]
    questions = str(make_questions(workplace, rows))
    command = ["build", "questions", "--videos", "videos", "--questions", questions, "--out", "own", "--name", "other"]
    assert run([*command, "--rate", "2"]) == 2
    assert run([*command, "--allow-missing"]) == 2
    assert run([*command, "--rate", "2", "--allow-missing"]) == 0
    config = load_suite("other", data="own")
    assert (config.suite, config.streams[0].media.rate) == ("other", 2)


def test_figures_of_a_partial_suite_say_how_large_the_whole_is(
    videos: Path, workplace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    questions = str(make_questions(workplace, [*ROWS, {"video": "gone", "question": "?", "time": 1}]))
    command = ["build", "questions", "--videos", "videos", "--questions", questions, "--out", "mine", "--allow-missing"]
    assert run(command) == 0
    evaluation = ["eval", "--model", "flash-vstream", "--checkpoint", "demo", "--suite", "mine", "--data", "mine"]
    assert run([*evaluation, "--out", "run", "--floors", "none"]) == 0
    assert "note: mine/default: partial: 2 of 3 questions" in capsys.readouterr().out
    summary = json.loads((workplace / "run" / "summary.json").read_text())
    assert {(row["n_expected"], row["n_whole"]) for row in summary if row["category"] is None} == {(2, 3)}
    assert run(["report", "run", "--format", "csv"]) == 0
    header, row, *_ = capsys.readouterr().out.splitlines()
    assert dict(zip(header.split(","), row.split(","), strict=True))["n_whole"] == "3"


def test_ctrl_c_does_not_wait_for_what_is_under_way(videos: Path, workplace: Path) -> None:
    code = (
        "import os, time\n"
        "from vstreamqa.build import lookup\n"
        "def slow(source, target):\n"
        "    os.write(1, b'started\\n')\n"  # at once: print writes the line end apart, and two do this at a time
        "    time.sleep(60)\n"
        "lookup.link = slow\n"
        "from vstreamqa.cli import main\n"
        "main()\n"
    )
    command = [sys.executable, "-c", code, *build_own(workplace)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "started\n"
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert err.endswith("stopped; the same command goes on with mine\n")
    assert run(build_own(workplace)) == 0
