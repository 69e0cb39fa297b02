"""Adapters of other people: their mistakes cost a line or a row, never the run."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from commands import make_clip, make_questions

from vstreamqa.cli.main import run

ADAPTER = """
from contracts import Honest, HonestSession, _model
from vstreamqa.models.base import InputSpec, Piece, Utterance
import numpy as np

class Session(HonestSession):
    def watch(self, frames):
        super().watch(frames)
        return {said}

    def ask(self, prompt, generation):
        {ask}

class Mine(Honest):
    session = Session
    {body}
"""


@pytest.fixture
def clip(workplace: Path) -> Path:
    make_clip(workplace, seconds=3)
    make_questions(workplace, [{"question": "Is it there?", "time": time, "answer": "Yes"} for time in (1, 2)])
    return workplace


def evaluate(folder: Path, *, ask: str = "yield Piece('Yes', 1)", said: str = "()", body: str = "pass") -> int:
    (folder / "mine.py").write_text(ADAPTER.format(ask=ask, said=said, body=body))
    command = ["eval", "--model", "./mine.py:Mine", "--video", "clip.mp4", "--questions", "questions.json"]
    return run([*command, "--floors", "none", "--out", "run", "--fresh"])


def answers(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "run" / "predictions.jsonl").read_text().splitlines()]


def test_numbers_of_numpy_are_numbers(clip: Path) -> None:
    ask = "self.input_tokens = np.int64(9)\n        yield Piece('Yes', np.int64(1))"
    said = "[Utterance(position=np.int64(frames.positions[-1]), text='a', output_tokens=np.int32(1))]"
    assert evaluate(clip, ask=ask, said=said) == 0
    assert [(one["output_tokens"], one["input_tokens"]) for one in answers(clip)] == [(1, 9), (1, 9)]


def test_halves_of_a_character_are_joined_or_replaced(clip: Path) -> None:
    assert evaluate(clip, ask=r"yield Piece('\ud83d', 1); yield Piece('\ude00 \ud83d', 1)") == 0
    assert {one["prediction"] for one in answers(clip)} == {"\N{GRINNING FACE} \N{REPLACEMENT CHARACTER}"}


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ({"ask": "raise SystemExit(0)"}, "SystemExit"),
        ({"ask": "yield Piece('a', -1)"}, "a piece's tokens: -1 is negative"),
        ({"ask": "yield Piece('a', 1.5)"}, "'float' object cannot be interpreted as an integer"),
        ({"said": "[Utterance(position=-1, text='a', output_tokens=1)]"}, "an utterance's position: -1 is negative"),
    ],
)
def test_what_breaks_an_answer_becomes_error_rows_and_exit_code_1(
    parts: dict[str, str], message: str, clip: Path
) -> None:
    assert evaluate(clip, **parts) == 1
    found = answers(clip)
    assert {one["status"] for one in found} == {"error"}
    assert any(message in f"{one['error']['kind']}: {one['error']['message']}" for one in found)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("Options = None", "has no dataclass|Options is no dataclass"),
        ("recipe = 5", "recipe is 5; make it a mapping"),
        ("recipe = {'fps': -1}", "the recipe of .* is none"),
        ("recipe = {'decoding': {'max_new_tokens': 0}}", "the recipe of .* is none"),
        ("load = classmethod(lambda cls, request: 1 / 0)", "cannot be loaded: ZeroDivisionError: division by zero"),
        ("load = classmethod(lambda cls, request: exit(0))", "cannot be loaded: SystemExit"),
        ("load = classmethod(lambda cls, request: object())", "its input is None, not a InputSpec"),
        ("input = property(lambda self: InputSpec(fps=1, max_batch=0), lambda self, v: None)", "max_batch 0"),
        ("input = property(lambda self: InputSpec(fps=0), lambda self, v: None)", "fps 0"),
        ("input = property(lambda self: InputSpec(fps=1, size=(0, 3)), lambda self, v: None)", r"size \(0, 3\)"),
        ("dtype = property(lambda self: 3, lambda self, v: None)", "its dtype is 3, not a str"),
        ("import sys; sys.exit(0)", "cannot be imported: SystemExit"),
    ],
)
def test_what_cannot_be_loaded_is_one_line_and_exit_code_2(
    body: str, message: str, clip: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    import re

    assert evaluate(clip, body=body) == 2
    complaint = capsys.readouterr().err
    assert complaint.count("\n") == 1
    assert re.search(message, complaint), complaint
    assert not (clip / "run").exists()


def test_an_edited_file_is_another_model_and_the_way_to_it_is_not(clip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def model_hash() -> str:
        manifest = json.loads((clip / "run" / "manifest.json").read_text())
        assert manifest["model"]["model"] == "mine.py:Mine"
        return str(manifest["model_hash"])

    evaluate(clip)
    first = model_hash()
    command = ["eval", "--video", "../clip.mp4", "--questions", "../questions.json", "--floors", "none"]
    (clip / "sub").mkdir()
    monkeypatch.chdir(clip / "sub")
    assert run([*command, "--model", "../mine.py:Mine", "--out", "../run", "--fresh"]) == 0
    assert model_hash() == first
    monkeypatch.chdir(clip)
    evaluate(clip, ask="yield Piece('No', 1)")
    assert model_hash() != first


def test_pictures_of_several_sizes_are_named(clip: Path) -> None:
    from PIL import Image

    (clip / "frames").mkdir()
    for number in range(1, 6):
        size = (32, 16) if number == 3 else (16, 32)
        Image.new("RGB", size).save(clip / "frames" / f"{number}.png")
    (clip / "mine.py").write_text(
        ADAPTER.format(
            ask="yield Piece('Yes', 1)",
            said="()",
            body="input = property(lambda self: InputSpec(fps=1, max_batch=3), lambda self, v: None)",
        )
    )
    command = ["eval", "--model", "./mine.py:Mine", "--video", "frames", "--rate", "1", "--questions", "questions.json"]
    assert run([*command, "--floors", "none", "--out", "run"]) == 1
    assert any("pictures of several sizes (32 x 16 and 16 x 32)" in str(one["error"]) for one in answers(clip))
