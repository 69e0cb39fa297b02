"""The examples of CONTRIBUTING.md are run as they stand there."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from commands import make_clip

from vstreamqa.build.assembling import Target
from vstreamqa.build.family import build_family
from vstreamqa.cli.main import run as program
from vstreamqa.errors import UserError
from vstreamqa.models.base import FrameBatch, Generation, LoadRequest, Prompt, StreamInfo
from vstreamqa.registry import Recipe, parse_options

TEXT = (Path(__file__).parents[1] / "CONTRIBUTING.md").read_text()


def block(language: str, containing: str) -> str:
    blocks = re.findall(rf"```{language}\n(.*?)```", TEXT, flags=re.DOTALL)
    return next(str(text) for text in blocks if containing in text)


def run(code: str) -> dict[str, Any]:
    names: dict[str, Any] = {"__name__": "example"}
    exec(compile(code, "CONTRIBUTING.md", "exec", dont_inherit=True), names)
    return names


def test_the_model_on_the_page_watches_and_answers() -> None:
    adapter = run(block("python", "class Counter"))["Counter"]
    options = parse_options(adapter, "counter", {"greeting": "seen:"})
    model = adapter.load(LoadRequest(checkpoint="none", options=options))
    session = model.open(StreamInfo(unit="second", fps=1.0, seed=0))
    session.watch(FrameBatch(positions=(0, 1), frames=np.zeros((2, 32, 32, 3), dtype=np.uint8)))
    pieces = list(session.ask(Prompt(text="How many?"), Generation()))
    assert "".join(piece.text for piece in pieces) == " seen: 2 frames"
    with pytest.raises(UserError, match="greetin"):
        parse_options(adapter, "counter", {"greetin": "x"})


def test_the_model_on_the_page_is_short_and_keeps_the_contract(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = block("python", "class Counter")
    assert len(text.splitlines()) < 40
    (tmp_path / "counter.py").write_text(text)
    assert program(["check-model", f"{tmp_path}/counter.py:Counter"]) == 0
    assert capsys.readouterr().out.endswith("the contract is kept\n")


def test_the_model_on_the_page_is_evaluated_from_its_file(workplace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (workplace / "counter.py").write_text(block("python", "class Counter"))
    command = ["eval", "--model", "./counter.py:Counter", "--suite", "mini/vs-ego", "--limit-streams", "2"]
    assert program([*command, "--set", "greeting=There were", "--out", "run"]) == 0
    answers = [json.loads(line) for line in (workplace / "run" / "predictions.jsonl").read_text().splitlines()]
    mine = {one["prediction"] for one in answers if one["control"] is None}
    assert all(re.fullmatch(r" There were \d+ frames", answer) for answer in mine)
    assert "counter.py:Counter" in capsys.readouterr().out


def test_the_recipe_on_the_page_is_a_recipe() -> None:
    import msgspec

    recipe = msgspec.yaml.decode(block("yaml", "name: counter"), type=Recipe)
    assert (recipe.name, recipe.under("demo").checkpoint) == ("counter", "none")


def test_the_suite_on_the_page_is_built_loads_and_says_what_is_missing(tmp_path: Path) -> None:
    suite = run(block("python", "SUITE = Family"))["SUITE"]
    with pytest.raises(UserError, match=r"suite 'doors' is not built at .*vstreamqa build doors"):
        suite.load("front", tmp_path)
    make_clip(tmp_path / "videos", "hall.mp4", seconds=6)
    rows = [{"id": "a", "video": "hall.mp4", "asked": 2, "opens": 3}, {"id": "b", "video": "hall.mp4", "asked": 5}]
    (tmp_path / "doors.json").write_text(json.dumps(rows))
    target = Target(suite="doors", out=tmp_path / "doors")
    refused = build_family(suite, tmp_path, tmp_path / "videos", target)
    assert not refused.written
    assert any(one.place == "doors.json, row 2" and "opens is missing" in one.text for one in refused.findings)
    rows[1]["opens"] = 4
    (tmp_path / "doors.json").write_text(json.dumps(rows))
    assert build_family(suite, tmp_path, tmp_path / "videos", target).written
    loaded = suite.load("front", tmp_path)
    assert [(question.time, question.answer) for question in loaded.questions] == [(2, "No"), (5, "Yes")]
    assert loaded.shortfall is None
