"""The program as its user meets it."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import msgspec
import pytest
from commands import make_clip, make_questions, program
from safetensors.torch import load_file, save_file

import vstreamqa
from vstreamqa.cli.main import run
from vstreamqa.models.flash_vstream.tiny import make_tiny
from vstreamqa.runs.folder import RunReader

HEAVY = ("torch", "transformers", "av", "decord")


@pytest.mark.parametrize(
    "arguments", [["--help"], ["eval", "--help"], ["list", "models"], ["list", "controls"], ["list", "prompts"]]
)
def test_help_and_lists_import_nothing_heavy(arguments: list[str]) -> None:
    code = (
        "import sys\nfrom vstreamqa.cli.main import run\n"
        f"code = run({arguments!r})\n"
        f"loaded = [name for name in {HEAVY!r} if name in sys.modules]\n"
        "sys.exit(code or (f'imported {loaded}' if loaded else 0))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout


def test_scoring_imports_nothing_heavy(workplace: Path) -> None:
    assert run(["eval", "--model", "flash-vstream", "--suite", "mini/vs-ego", "--limit", "2", "--out", "run"]) == 0
    code = (
        "import sys\nfrom vstreamqa.cli.main import run\ncode = run(['score', 'run', '--json'])\n"
        f"loaded = [name for name in {HEAVY!r} if name in sys.modules]\n"
        "sys.exit(code or (f'imported {loaded}' if loaded else 0))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)


def test_an_evaluation_prints_its_table_and_keeps_its_rows(workplace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["eval", "--model", "flash-vstream", "--suite", "mini/rvs-movie", "--limit-streams", "2"]
    assert run(command) == 0
    printed = capsys.readouterr().out
    assert printed.startswith("DEMO"), "a demo says so in its first line"
    for expected in ("mini/rvs-movie", "floor: blind", "floor: constant", "hashes: task", "Order Judging"):
        assert expected in printed
    (folder,) = (workplace / "runs").iterdir()
    assert {path.name for path in folder.iterdir()} >= {
        "plan.jsonl",
        "manifest.json",
        "predictions.jsonl",
        "streams.jsonl",
        "summary.json",
        "verdicts",
    }
    before = (folder / "predictions.jsonl").read_bytes()
    assert run(command) == 0
    assert (folder / "predictions.jsonl").read_bytes() == before, "the same command goes on with the same run"


def test_every_control_runs_beside_the_model(workplace: Path) -> None:
    results = vstreamqa.evaluate(
        "flash-vstream", suites=("mini/vs-ego",), limit_streams=2, floors="all", out=workplace / "run"
    )
    controls = {row.control for row in results.summary}
    assert len(controls) == 10
    oracle = next(row for row in results.summary if row.control == "oracle" and row.category is None)
    assert oracle.accuracy == 1.0
    assert results.exit_code == 0


def test_a_report_of_two_runs_is_one_file_to_send(workplace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = [
        "eval",
        "--model",
        "flash-vstream",
        "--suite",
        "mini/rvs-movie",
        "--limit-streams",
        "2",
        "--floors",
        "none",
    ]
    assert run([*command, "--control", "oracle:10", "--out", "one"]) == 0
    assert run([*command, "--set", "memory=repaired", "--out", "two"]) == 0
    capsys.readouterr()
    assert run(["report", "one", "two", "--format", "html", "--out", "report.html"]) == 0
    text = (workplace / "report.html").read_text()
    for part in ("flash-vstream memory=official", "flash-vstream memory=repaired", "mini/rvs-movie: accuracy by age"):
        assert part in text
    assert (workplace / "report.png").read_bytes().startswith(b"\x89PNG")
    assert run(["report", "one", "--format", "json"]) == 0
    document = json.loads(capsys.readouterr().out)
    (ceiling,) = (row["ceiling"] for row in document["memory_demand"] if row["window"] == 15)
    oracle = {row["control"]: row["accuracy"] for row in document["summary"] if row["category"] is None}
    assert document["memory_demand"][0]["ceiling"] <= oracle["oracle:10"] <= ceiling
    assert run(["report", "one"]) == 0
    assert "memory demand" in capsys.readouterr().out


def test_a_dry_run_writes_nothing(workplace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["eval", "--model", "flash-vstream", "--suite", "mini/vs-movie", "--dry-run"]) == 0
    assert "questions" in capsys.readouterr().out
    assert list(workplace.iterdir()) == []


def test_ones_own_video_is_asked_and_what_needs_a_judge_is_said(
    workplace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    clip = make_clip(workplace)
    rows = [
        {"question": "Is it there?", "time": 2, "answer": "Yes"},
        {"question": "What is it?", "time": 4, "answer": "A barcode."},
    ]
    questions = make_questions(workplace, rows)
    demo = ["eval", "--model", "flash-vstream", "--checkpoint", "demo"]
    code = run([*demo, "--video", str(clip), "--questions", str(questions)])
    assert code == 0
    assert "judge" in capsys.readouterr().out
    (folder,) = (workplace / "runs").iterdir()
    predictions = [row for row in RunReader(folder).predictions() if row.control is None]
    assert [(row.frames_seen, row.asked_at) for row in predictions] == [(3, 2), (5, 4)]
    summary = json.loads((folder / "summary.json").read_bytes())
    overall = next(row for row in summary if row["category"] is None and row["control"] is None)
    assert (overall["accuracy"], overall["n_expected"], overall["n_answered"]) == (None, 2, 2)


def test_a_video_that_breaks_half_way_keeps_the_answers_before_the_fault(
    workplace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    clip = make_clip(workplace, "whole.mkv", seconds=8)
    content = clip.read_bytes()
    torn = workplace / "torn.mkv"
    torn.write_bytes(content[: len(content) // 2])
    rows = [{"question": "Is it there?", "time": time, "answer": "Yes"} for time in (1, 7)]
    questions = make_questions(workplace, rows)
    command = ["eval", "--model", "flash-vstream", "--checkpoint", "demo", "--out", "run", "--floors", "none"]
    assert run([*command, "--video", str(torn), "--questions", str(questions)]) == 1
    assert "torn.mkv" in capsys.readouterr().out
    first, second = RunReader(workplace / "run").predictions()
    assert (first.status, second.status) == ("answered", "error")
    assert second.error is not None
    assert "torn.mkv" in second.error.message


def rows_without_costs(folder: Path) -> list[dict[str, Any]]:
    reader = RunReader(folder)
    rows = [msgspec.to_builtins(row) for row in [*reader.predictions(), *reader.streams()]]
    for row in rows:
        for key in [key for key in row if key.endswith(("_ns", "_bytes")) or key in ("started_at", "rtfx", "memory")]:
            del row[key]
    return sorted(rows, key=str)


def test_a_run_killed_again_and_again_equals_an_unbroken_one(workplace: Path) -> None:
    command = ["eval", "--model", "flash-vstream", "--suite", "mini/rvs-ego", "--limit-streams", "5", "--out"]
    assert run([*command, "whole"]) == 0
    draw = random.Random(0)
    predictions = workplace / "broken" / "predictions.jsonl"
    for _ in range(3):
        process = program([*command, "broken"])
        target = draw.randint(1, 40)
        before = len(predictions.read_bytes()) if predictions.exists() else 0
        while process.poll() is None:
            grown = len(predictions.read_bytes()) - before if predictions.exists() else 0
            if grown > target * 700:
                process.send_signal(signal.SIGKILL)
                break
            time.sleep(0.005)
        process.communicate()
    assert run([*command, "broken"]) == 0
    assert rows_without_costs(workplace / "broken") == rows_without_costs(workplace / "whole")


def test_an_interrupt_keeps_the_answers_and_prints_how_to_go_on(workplace: Path) -> None:
    process = program(["eval", "--model", "flash-vstream", "--suite", "mini/rvs-ego", "--out", "run"])
    predictions = workplace / "run" / "predictions.jsonl"
    while not (predictions.exists() and predictions.read_bytes().count(b"\n") > 3):
        assert process.poll() is None, process.communicate()
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "vstreamqa eval --model flash-vstream --suite mini/rvs-ego --out run" in errors
    assert "Traceback" not in errors
    assert len(RunReader(workplace / "run").predictions()) > 3


def test_a_damaged_transport_stream_is_asked_up_to_the_damage(workplace: Path) -> None:
    clip = make_clip(workplace, "whole.ts", seconds=8)
    content = bytearray(clip.read_bytes())
    middle = len(content) // 2
    content[middle : middle + len(content) // 10] = bytes(len(content) // 10)
    (workplace / "hurt.ts").write_bytes(content)
    questions = make_questions(workplace, [{"question": "Is it?", "time": time, "answer": "Yes"} for time in (1, 7)])
    demo = ["eval", "--model", "flash-vstream", "--checkpoint", "demo", "--floors", "none", "--out", "run"]
    assert run([*demo, "--video", str(workplace / "hurt.ts"), "--questions", str(questions)]) == 1
    assert [row.status for row in RunReader(workplace / "run").predictions()] == ["answered", "error"]


def test_a_model_whose_numbers_overflow_gives_errors_and_no_answers(workplace: Path) -> None:
    make_tiny(workplace / "vstream")
    (weights,) = (workplace / "vstream").glob("*.safetensors")
    tensors = load_file(weights)
    tensors["lm_head.weight"][:] = float("nan")
    save_file(tensors, weights, {"format": "pt"})
    demo = ["eval", "--model", "flash-vstream", "--suite", "mini/vs-ego", "--limit", "2", "--floors", "none"]
    assert run([*demo, "--checkpoint", "vstream", "--out", "run"]) == 1
    errors = [row.error for row in RunReader(workplace / "run").predictions()]
    assert all(error is not None and "not finite" in error.message for error in errors)


def test_a_reader_that_leaves_early_is_no_mistake(workplace: Path) -> None:
    assert run(["eval", "--model", "flash-vstream", "--suite", "mini/vs-ego", "--limit", "2", "--out", "run"]) == 0
    process = program(["report", "run"])
    assert process.stdout is not None
    process.stdout.close()
    assert process.wait(timeout=60) == 141
    assert process.stderr is not None
    assert "Traceback" not in process.stderr.read()
