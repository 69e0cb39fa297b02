from __future__ import annotations

import json
from pathlib import Path

import pytest
from foreign_files import json_lines

from vstreamqa.cli.main import run

STREAM = {"lm_ppl": 3.0, "frame_diff": 2, "fluency": 0.5, "lm_correctness": 0.25, "fps": 2}


def test_samples_are_scored_into_a_table_without_accuracy(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = json_lines(tmp_path / "streams.jsonl", [STREAM, STREAM])
    assert run(["score", str(path), "--json"]) == 0
    (row,) = json.loads(capsys.readouterr().out)["summary"]
    assert (row["suite"], row["n_expected"], row["accuracy"]) == ("narration", 2, None)
    assert {average["name"]: average["value"] for average in row["averages"]}["time_diff"] == 1.0
    assert run(["score", str(path), "--suite", "ego4d/narration"]) == 0
    assert "time_diff" in capsys.readouterr().out


def test_no_run_is_made_of_samples(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = json_lines(tmp_path / "streams.jsonl", [STREAM])
    assert run(["score", str(path), "--out", str(tmp_path / "run")]) == 2
    assert "of which no run is made" in capsys.readouterr().err
