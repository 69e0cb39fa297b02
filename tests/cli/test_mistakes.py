"""Every mistake of a user: one line, exit code 2, the thing, the place and the remedy named."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest
from commands import SECONDS, make_clip, make_questions
from safetensors.numpy import save_file

from vstreamqa.cli.main import run
from vstreamqa.models.flash_vstream.tiny import make_tiny

EVAL = ["eval", "--model", "flash-vstream"]
DEMO = [*EVAL, "--checkpoint", "demo"]
GOOD = [{"question": "Is it there?", "time": 2, "answer": "Yes"}]


def complaint(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    code = run(arguments)
    captured = capsys.readouterr()
    assert code == 2, captured.err
    assert captured.err.startswith("vstreamqa: ")
    assert captured.err.count("\n") == 1, captured.err
    return captured.err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["eval", "--model", "flash-vstrem"], "unknown model 'flash-vstrem'; did you mean 'flash-vstream'?"),
        ([*EVAL, "--suite", "mimi"], "mimi.*did you mean 'mini'"),
        ([*EVAL, "--suite", "mini/rsv-ego"], "rsv-ego.*did you mean 'rvs-ego'"),
        ([*EVAL, "--suit", "mini"], "--suit .*--suite"),
        (["evl"], "evl.*eval"),
        ([*EVAL, "--set", "mod=offline"], "--set mod: .*did you mean 'mode'"),
        ([*EVAL, "--set", "mode=ofline"], "mode='ofline': it takes 'streaming' or 'offline'"),
        ([*EVAL, "--set", "temporal=OFF"], "temporal='OFF': it takes 'on' or 'off'"),
        ([*EVAL, "--set", "abstract_length=5000"], "abstract_length=5000: it takes a whole number from 1 to 4096"),
        ([*EVAL, "--set", "mode"], "KEY=VALUE"),
        ([*EVAL, "--control", "blnd"], "unknown control 'blnd'; did you mean 'blind'"),
        ([*EVAL, "--control", "recent-window:0"], "recent-window:0.*from 1 to 1,000,000"),
        ([*EVAL, "--floors", "chep"], "--floors chep: .*'cheap'"),
        ([*EVAL, "--preset", "papr"], "--preset papr: .*'paper'"),
        ([*EVAL, "--preset", "paper"], "needs a --suite"),
        ([*EVAL, "--fps", "0"], "--fps 0.*above 0"),
        ([*EVAL, "--fps", "inf"], "--fps inf.*at most 1000"),
        ([*EVAL, "--limit", "-3"], "--limit -3.*above 0"),
        ([*EVAL, "--limit", "ten"], "--limit"),
        ([*EVAL, "--reader", "opencv"], "--reader opencv.*decord, pyav"),
        ([*EVAL, "--device", "gpuu", "--limit", "1"], "gpuu"),
        ([*EVAL, "--device", "meta", "--limit", "1"], "--device meta: not supported"),
        ([*EVAL, "--suite", "mini", "--checkpoint", ""], "--checkpoint is empty"),
        ([*EVAL, "--limit", "1", "--out", "/dev/null/run"], "/dev/null/run.*--out"),
        ([*EVAL, "--dtype", "float23", "--limit", "1"], "float23"),
        ([*EVAL, "--video", "clip.mp4"], "--video needs --questions"),
        ([*EVAL, "--suite", "mini", "--checkpoint", "no/such/folder/vstream"], "no/such/folder/vstream"),
        (["score", "nowhere"], "nowhere: is not there; name a run folder, or a file of predictions"),
        (["report", "nowhere", "elsewhere"], "nowhere: not a run folder"),
        (["view", "nowhere", "--data", "elsewhere"], "--data elsewhere: is not there"),
        (
            ["report", "nowhere", "--format", "csv", "--out", "nowhere/a.csv"],
            "--out nowhere/a.csv: lies in the run fold",
        ),
        (["report", "nowhere", "--plot", "./nowhere/a.png"], "--plot nowhere/a.png: lies in the run folder nowhere"),
        (["report", "nowhere", "--format", "htm"], "--format htm: unknown; did you mean 'html'"),
        ([*EVAL, "--control", "oracle:0"], "oracle:0.*from 1 to 1,000,000"),
    ],
)
def test_names_and_values(
    arguments: list[str], message: str, workplace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert re.search(message, complaint(arguments, capsys))


def own(folder: Path, questions: Path | str, video: str = "clip.mp4") -> list[str]:
    return [*DEMO, "--video", str(folder / video), "--questions", str(questions), "--floors", "none"]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ('[{"question": "Is it there?", ', "questions.json"),
        ([{"question": "Is it there?", "time": SECONDS + 1}], "questions.json: row 1: time 7 .*end"),
        ([*GOOD, {"question": "And now?", "time": -1}], "questions.json: row 2: time -1 "),
        ([{**GOOD[0], "id": "a"}, {**GOOD[0], "id": "a"}], "row 2.*'?a'?"),
        ([{"time": 1}], "row 1.*question"),
        ([{"question": "Is it there?", "time": "soon"}], "row 1.*time.*soon"),
        ([{**GOOD[0], "fromat": "open"}], "row 1.*fromat.*format"),
        ([{**GOOD[0], "format": "proactive"}], "proactive"),
        ([{**GOOD[0], "evidence": [4, 5]}], "row 1: evidence .*begins after the question"),
        ([{**GOOD[0], "evidence": [1, 99]}], "row 1: evidence .*beyond the video's end"),
        ([], "questions.json"),
    ],
)
def test_questions_files(
    rows: list[dict[str, object]] | str, message: str, workplace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make_clip(workplace)
    questions = make_questions(workplace, rows)
    assert re.search(message, complaint(own(workplace, questions), capsys))


def test_media(workplace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    questions = make_questions(workplace, GOOD)
    assert "gone.mp4" in complaint(own(workplace, questions, "gone.mp4"), capsys)
    (workplace / "text.mp4").write_text("this is not a video")
    assert "text.mp4" in complaint(own(workplace, questions, "text.mp4"), capsys)
    make_clip(workplace)
    assert "no.json" in complaint(own(workplace, workplace / "no.json"), capsys)


def test_run_folders(workplace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    make_clip(workplace)
    command = [*own(workplace, make_questions(workplace, GOOD)), "--out", str(workplace / "run")]
    assert run(command) == 0
    capsys.readouterr()
    assert "options.mode was 'streaming', is 'offline'" in complaint([*command, "--set", "mode=offline"], capsys)
    (workplace / "papers").mkdir()
    (workplace / "papers" / "mine.txt").write_text("keep me")
    assert "mine.txt" in complaint([*command[:-1], str(workplace / "papers")], capsys)


def test_features_of_another_tower(workplace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    save_file({"feature": np.zeros((9, 256, 1024), np.float16)}, workplace / "clip.safetensors")
    command = [*own(workplace, make_questions(workplace, GOOD), "clip.safetensors"), "--rate", "1"]
    assert re.search(r"'clip' has features of shape \(256, 1024\).*\(64, 96\)", complaint(command, capsys))


def test_a_video_cut_off_before_its_first_frame(workplace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    clip = make_clip(workplace)
    (workplace / "stump.mp4").write_bytes(clip.read_bytes()[:200])
    assert "stump.mp4" in complaint(own(workplace, make_questions(workplace, GOOD), "stump.mp4"), capsys)


@pytest.mark.parametrize(
    ("key", "value"), [("hidden_size", 0), ("num_attention_heads", 5), ("hidden_act", "zzz"), ("compress_size", 9)]
)
def test_a_config_no_network_can_be_built_from(
    key: str, value: object, workplace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make_tiny(workplace / "vstream")
    path = workplace / "vstream" / "config.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), key: value}))
    assert "config.json" in complaint([*EVAL, "--suite", "mini/vs-ego", "--checkpoint", "vstream"], capsys)
