"""The contract is kept by what is sound, and each clause catches what breaks it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from contracts import CASES, DEAF, Honest, HonestSession, model_of

from vstreamqa.audit.contract import Outcome, check_model
from vstreamqa.audit.contract.clauses import CLAUSES
from vstreamqa.cli.main import run
from vstreamqa.models.base import StreamingModel
from vstreamqa.registry import recipes


def outcomes(model: StreamingModel) -> dict[str, Outcome]:
    return {outcome.clause: outcome for outcome in check_model(model)}


def test_a_sound_adapter_keeps_every_clause() -> None:
    found = outcomes(Honest())
    assert list(found) == list(CLAUSES)
    assert {name: one.status for name, one in found.items()} == dict.fromkeys(CLAUSES, "kept")


@pytest.mark.parametrize(("clause", "kind"), CASES, ids=[f"{clause}-{kind.__name__}" for clause, kind in CASES])
def test_every_clause_catches_what_breaks_it(clause: str, kind: type[HonestSession]) -> None:
    found = outcomes(model_of(kind))[clause]
    assert found.status == "broken", found
    assert "\n" not in found.detail
    assert len(found.detail) > 10


def test_every_clause_has_something_that_breaks_it() -> None:
    assert {clause for clause, _ in CASES} == set(CLAUSES)


def test_an_answer_that_never_changes_tells_nothing_about_frames() -> None:
    found = outcomes(DEAF())
    assert found["every frame"].status == "unobservable"
    assert {one.status for name, one in found.items() if name != "every frame"} == {"kept"}


def test_what_is_not_claimed_is_not_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Honest, "bounded", False)
    assert outcomes(Honest())["bounded memory"].status == "not claimed"


@pytest.fixture
def shown(capsys: pytest.CaptureFixture[str]) -> Callable[[list[str]], tuple[int, str]]:
    def call(arguments: list[str]) -> tuple[int, str]:
        code = run(arguments)
        return code, capsys.readouterr().out

    return call


@pytest.mark.parametrize("options", [["--set", "mode=offline"], ["--set", "memory=repaired"]])
def test_flash_vstream_keeps_the_contract(options: list[str], shown: Callable[[list[str]], tuple[int, str]]) -> None:
    code, text = shown(["check-model", "flash-vstream", *options])
    assert code == 0, text
    assert text.endswith("flash-vstream: the contract is kept\n")


def test_an_adapter_in_a_file_is_checked_by_its_path(
    tmp_path: Path, shown: Callable[[list[str]], tuple[int, str]]
) -> None:
    file = tmp_path / "mine.py"
    file.write_text("from contracts import Honest, _Remembers, _model\n\nMine = Honest\nBad = _model(_Remembers)\n")
    assert shown(["check-model", f"{file}:Mine"])[0] == 0
    code, text = shown(["check-model", f"{file}:Bad"])
    assert code == 1
    assert "broken        no trace: between questions it says unasked" in text
    assert "clauses broken" in text


OURS = [name for name, found in recipes().items() if not found.kind and found.missing is None]


@pytest.mark.parametrize("name", OURS)
def test_every_model_of_ours_keeps_the_contract(name: str, shown: Callable[[list[str]], tuple[int, str]]) -> None:
    code, text = shown(["check-model", name])
    assert code == 0, text
    assert "every frame" in text
