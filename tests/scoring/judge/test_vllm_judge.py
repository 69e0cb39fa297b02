"""`vllm:MODEL`, with a stand-in for the `vllm` program; the real one was not run here."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from chat_server import ChatScript, serving
from tiny_judge import make_tiny_judge
from vllm_stand_in import DEADLINE, StandIn, check_it_goes_with, stand_in_on_path, wait_until

from vstreamqa.errors import UserError
from vstreamqa.pretrained import hub
from vstreamqa.scoring.judge.base import Case, JudgeUnavailableError, Opinion
from vstreamqa.scoring.judge.names import make_judge
from vstreamqa.scoring.judge.own_rubric import OWN
from vstreamqa.scoring.judge.pacing import Patience
from vstreamqa.scoring.judge.vllm_judge import VllmJudge

COMMIT = "c" * 40
CASES = [Case("What colour?", ("pink",), answer) for answer in ("magenta", "blue", "magenta, I think")]


@pytest.fixture
def stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[StandIn]:
    info = SimpleNamespace(model_info=lambda name, revision, timeout: SimpleNamespace(sha=COMMIT))
    monkeypatch.setattr(hub, "HfApi", lambda: info)
    with stand_in_on_path(tmp_path, monkeypatch) as made:
        made.mode("judges")
        yield made


def judge_of(model: str = "org/grader", *, start_seconds: float = DEADLINE) -> VllmJudge:
    judge = VllmJudge(model, OWN, start_seconds=start_seconds, patience=Patience(scale=0.05))
    judge.check()
    return judge


def opinions(judge: VllmJudge, cases: list[Case]) -> list[Opinion]:
    found = dict(judge.opinions(cases))
    assert sorted(found) == list(range(len(cases)))
    return [found[place] for place in range(len(cases))]


def test_the_server_is_started_for_the_first_case_and_stopped_with_everything_it_started(stand_in: StandIn) -> None:
    judge = judge_of()
    assert opinions(judge, []) == []
    assert stand_in.calls() == [], "the model that is judged may need the memory until then"
    assert [opinion.correct for opinion in opinions(judge, CASES)] == [True, False, True]
    assert [opinion.score for opinion in opinions(judge, CASES)] == [5, 1, 5]
    (call,) = stand_in.calls()
    assert call["arguments"][:5] == ["serve", "org/grader", "--host", "127.0.0.1", "--port"]
    assert call["arguments"][6:] == ["--dtype", "auto", "--revision", COMMIT]
    assert len(stand_in.left()) == 2
    judge.close()
    assert stand_in.left() == []
    judge.close()


def test_its_identity_is_known_before_it_is_started(stand_in: StandIn) -> None:
    judge = judge_of()
    before = judge.identity
    assert (before.name, before.revision, before.rubric, before.temperature) == (
        *("vllm:org/grader", COMMIT, OWN.hash),
        0.0,
    )
    opinions(judge, CASES)
    assert judge.identity == before
    judge.close()
    assert judge.identity == before


def test_a_folder_is_served_as_it_is_and_known_by_its_hash(stand_in: StandIn, tmp_path: Path) -> None:
    judge = judge_of(str(make_tiny_judge(tmp_path / "weights")))
    assert judge.identity.revision is not None
    assert len(judge.identity.revision) == 64
    opinions(judge, CASES)
    assert "--revision" not in stand_in.calls()[0]["arguments"]
    judge.close()


def test_the_name_makes_it(stand_in: StandIn) -> None:
    judge = make_judge("vllm:org/grader")
    assert isinstance(judge, VllmJudge)
    judge.check()
    assert judge.identity.name == "vllm:org/grader"


def test_a_server_that_runs_is_used_and_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr("chat_server.words_about", lambda body: ['{"verdict": "yes", "score": 4}'])
    with serving(ChatScript(models=["grader"])) as server:
        judge = VllmJudge("grader", OWN, server.url)
        judge.check()
        assert judge.identity.name == "vllm:grader"
        assert judge.identity.revision == "grader"
        assert [opinion.score for opinion in opinions(judge, CASES)] == [4, 4, 4]
        judge.close()
        assert opinions(judge, CASES[:1])[0].correct


def test_a_server_that_is_said_to_run_and_does_not_is_unavailable() -> None:
    with pytest.raises(JudgeUnavailableError, match="vllm:grader"):
        VllmJudge("grader", OWN, "http://127.0.0.1:9/v1").check()
    with pytest.raises(UserError, match="must be http"):
        VllmJudge("grader", OWN, "over there")


def test_without_the_program_that_is_said_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(JudgeUnavailableError, match=r"judge 'vllm:org/grader': there is no 'vllm' program") as told:
        judge_of()
    assert "\n" not in str(told.value)


def test_a_model_that_nobody_has_is_refused_before_anything_is_started(
    stand_in: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nothing(name: str, revision: str | None, timeout: float) -> None:
        raise ConnectionError("no route\nto the hub")

    monkeypatch.setattr(hub, "HfApi", lambda: SimpleNamespace(model_info=nothing))
    with pytest.raises(JudgeUnavailableError, match=r"judge 'vllm:org/grader': not on this disk, and the hub .* route"):
        judge_of()
    assert judge_of("s3://bucket/grader").identity.revision is None, "vLLM knows more places than we do"


def test_a_server_that_fails_to_start_is_tried_once_and_every_case_says_why(stand_in: StandIn) -> None:
    stand_in.mode("fails")
    judge = judge_of()
    found = opinions(judge, CASES) + opinions(judge, CASES)
    assert {opinion.correct for opinion in found} == {None}
    (error,) = {opinion.error for opinion in found}
    assert error is not None
    assert "`vllm serve org/grader` ended before it answered: ValueError: no such model; its log is" in error
    assert "\n" not in error
    assert len(stand_in.calls()) == 1
    judge.close()
    assert Path(error.rpartition("its log is ")[2]).read_text().startswith("Loading"), "what is named is kept"
    wait_until(lambda: stand_in.left() == [])


def test_a_server_with_another_model_is_stopped_at_once(stand_in: StandIn) -> None:
    stand_in.mode("other")
    judge = judge_of()
    (opinion,) = opinions(judge, CASES[:1])
    assert opinion.error is not None
    assert "there is no org/grader" in opinion.error
    assert stand_in.left() == []


def test_a_server_that_does_not_become_healthy_is_given_up(stand_in: StandIn) -> None:
    stand_in.mode("hangs")
    judge = judge_of(start_seconds=0.5)
    (opinion,) = opinions(judge, CASES[:1])
    assert opinion.error is not None
    assert "did not answer within 0.5 s: it said nothing" in opinion.error
    assert stand_in.left() == []


def test_what_a_server_that_dies_has_not_judged_is_an_error_that_says_so(stand_in: StandIn) -> None:
    judge = judge_of()
    assert opinions(judge, CASES[:1])[0].correct
    asked = judge.opinions(CASES * 40)
    next(asked)
    os.kill(stand_in.pids()[0], signal.SIGKILL)
    rest = [opinion for _, opinion in asked]
    assert len(rest) == len(CASES) * 40 - 1
    failed = [opinion for opinion in rest if opinion.error is not None]
    assert failed
    assert all(opinion.correct is None for opinion in failed)
    assert failed[-1].error is not None
    assert failed[-1].error.startswith("vLLM has died (")
    assert [opinion.correct for opinion in opinions(judge, CASES)] == [True, False, True], (
        "for others it comes up again"
    )
    judge.close()
    assert stand_in.left() == []


HOLDER = """
import os, sys, time
from types import SimpleNamespace
from vstreamqa.pretrained import hub
hub.HfApi = lambda: SimpleNamespace(model_info=lambda name, revision, timeout: SimpleNamespace(sha="c" * 40))
from vstreamqa.scoring.judge.base import Case
from vstreamqa.scoring.judge.own_rubric import OWN
from vstreamqa.scoring.judge.pacing import Patience
from vstreamqa.scoring.judge.vllm_judge import VllmJudge
judge = VllmJudge("org/grader", OWN, start_seconds=20.0)
judge.check()
place, opinion = next(judge.opinions([Case("?", ("a",), "magenta")]))
print(opinion.correct, flush=True)
{end}
"""


@pytest.mark.parametrize(
    ("end", "signum"),
    [
        ("time.sleep(600)", signal.SIGKILL),
        ("time.sleep(600)", signal.SIGTERM),
        ("raise RuntimeError('crash')", None),
        ("sys.exit(0)", None),
    ],
)
def test_the_server_goes_with_whoever_started_it(stand_in: StandIn, end: str, signum: int | None) -> None:
    check_it_goes_with(stand_in, HOLDER.format(end=end), says="True", signum=signum)
