"""`judge-card` and `agree`, as a user gives them."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from judges import FunctionJudge, lenient
from pairs_judges import no_always, yes_always
from scored_runs import make_scored_run

from vstreamqa import judgecards
from vstreamqa.cli.main import run
from vstreamqa.scoring.judge.base import Case, JudgeUnavailableError, Opinion
from vstreamqa.scoring.judge.card import load_card

YES, NO = True, False


@pytest.fixture
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("VSTREAMQA_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def hire(monkeypatch: pytest.MonkeyPatch, judge: FunctionJudge) -> FunctionJudge:
    monkeypatch.setattr(judgecards, "make_requested", lambda request: judge)
    return judge


def a_run(folder: Path) -> Path:
    return make_scored_run(folder, {"openai:a": [YES] * 12, "openai:b": [YES] * 6 + [NO] * 6})


def test_a_judge_gets_a_card(
    workplace: Path, own_cache: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    judge = hire(monkeypatch, FunctionJudge(lenient))
    assert run(["judge-card", "test:lenient", "--limit", "30", "--out", "card.md"]) == 0
    shown = capsys.readouterr().out
    assert "judge card: test:lenient" in shown
    card = load_card(judge.identity, own_cache / "cards")
    assert card is not None
    assert (card.true_positive.value, card.true_negative.value) == (1, 1)
    assert card.n_questions == 30
    assert str(own_cache / "cards") in shown
    assert Path("card.md").read_text().startswith("### judge card: test:lenient")


def test_a_card_that_was_broken_off_goes_on_and_repeats_are_asked_anew(
    workplace: Path, own_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = hire(monkeypatch, FunctionJudge(yes_always))
    assert run(["judge-card", "test:lenient", "--limit", "20"]) == 0
    again = hire(monkeypatch, FunctionJudge(no_always))
    assert run(["judge-card", "test:lenient", "--limit", "20"]) == 0
    assert len(again.asked) < len(first.asked)
    card = load_card(again.identity, own_cache / "cards")
    assert card is not None
    assert (card.true_positive.value, card.repeatability.value) == (1, 0)


def test_failed_pairs_are_said_and_end_with_1(
    workplace: Path, own_cache: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fails_on_yes(case: Case) -> Opinion:
        return Opinion(correct=None, error="refused") if "Yes" in case.golds[0] else lenient(case)

    hire(monkeypatch, FunctionJudge(fails_on_yes))
    assert run(["judge-card", "test:lenient", "--limit", "40"]) == 1
    shown = capsys.readouterr().out
    assert "no verdict: refused" in shown
    assert re.search(r"NO VERDICT on \d+\.\d% of the pairs", shown)


def test_a_judge_that_says_nothing_has_no_card(
    workplace: Path, own_cache: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    hire(monkeypatch, FunctionJudge(lambda case: Opinion(correct=None, error="refused")))
    assert run(["judge-card", "test:lenient", "--limit", "5"]) == 2
    assert "no verdict on any pair, so there is no card; the first says: refused" in capsys.readouterr().err
    assert not (own_cache / "cards").exists()


def test_a_judge_that_cannot_be_used_ends_in_one_line(
    workplace: Path, own_cache: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Gone(FunctionJudge):
        def check(self) -> None:
            raise JudgeUnavailableError("openai:x: nobody there; start it")

    hire(monkeypatch, Gone())
    assert run(["judge-card", "openai:x", "--limit", "5"]) == 2
    assert capsys.readouterr().err == "vstreamqa: openai:x: nobody there; start it\n"


def test_rules_have_a_card_of_their_own(workplace: Path, own_cache: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["judge-card", "rules", "--suite", "mini/rvs-ego", "--limit", "0"]) == 0
    shown = capsys.readouterr().out
    assert "judge card: rules" in shown
    assert "of mini/rvs-ego on" in shown


def test_pairs_can_be_made_of_a_runs_questions(
    workplace: Path, own_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    judge = hire(monkeypatch, FunctionJudge(lenient))
    assert run(["judge-card", "test:lenient", "--run", str(a_run(workplace / "run"))]) == 0
    assert {case.question for case in judge.asked} == {"What is it?"}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["openia:x"], "unknown judge 'openia:x'.*did you mean 'openai'"),
        (["rules", "--suite", "mimi"], "mimi.*did you mean 'mini'"),
        (["rules", "--run", "nowhere"], "nowhere: not a run folder"),
        (["rules", "--suite", "mini", "--run", "run"], "--suite and --run"),
        (["rules", "--out", "no/such/card.json"], "--out no/such/card.json: cannot be written"),
        (["rules", "--judge-prompt", "mine.txt"], "--judge-prompt mine.txt.*leave it out"),
        (["rules", "--run", "without"], "--run without: no question has an open or yes/no gold"),
        (["rules", "--limit", "-1"], "--limit"),
    ],
)
def test_a_mistake_is_one_line(
    workplace: Path, arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    make_scored_run(workplace / "without", {}, gold=None)
    assert run(["judge-card", *arguments]) == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert re.search(message, error), error


def test_agreement_is_printed_as_a_table_and_as_json(workplace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    a_run(workplace / "run")
    assert run(["agree", "run"]) == 0
    shown = capsys.readouterr().out
    assert "openai:a" in shown
    assert "kappa" in shown
    assert run(["agree", "run", "--format", "json"]) == 0
    (comparison,) = json.loads(capsys.readouterr().out)["comparisons"]
    assert comparison["groups"][0]["agreement"]["n"] == 12


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nowhere"], "nowhere: not a run folder"),
        (["run", "--labels", "nowhere.csv"], "--labels nowhere.csv: cannot be read"),
        (["run", "--format", "tabel"], "--format tabel: unknown; did you mean 'table'"),
        (["run", "--control", "blind"], "--control blind: none of these runs"),
    ],
)
def test_a_mistake_of_agree_is_one_line(
    workplace: Path, arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    a_run(workplace / "run")
    assert run(["agree", *arguments]) == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert re.search(message, error), error
