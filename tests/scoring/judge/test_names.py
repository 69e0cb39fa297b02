from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from vstreamqa.cli.main import run
from vstreamqa.errors import UserError
from vstreamqa.scoring.judge.names import DEFAULT, describe_judges, make_judge
from vstreamqa.scoring.judge.openai_judge import OpenAIJudge
from vstreamqa.scoring.judge.presets import PRESETS
from vstreamqa.scoring.judge.rubric import official_rubric


def test_a_model_behind_a_server_is_named_with_its_kind() -> None:
    judge = make_judge("openai:org/model", base_url="http://127.0.0.1:9")
    assert isinstance(judge, OpenAIJudge)
    assert (judge.model, judge.endpoint.url) == ("org/model", "http://127.0.0.1:9/v1")
    assert judge.identity.name == "openai:org/model"


def test_rules_need_no_judge_and_no_options(tmp_path: Path) -> None:
    assert make_judge("rules") is None
    with pytest.raises(UserError, match="--judge-base-url http://a: judge 'rules' has no use for it"):
        make_judge("rules", base_url="http://a")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("opnai:m", "unknown judge 'opnai:m'; did you mean 'openai'?"),
        ("paper:revk", "did you mean 'paper:rekv'?"),
        ("gpt-4", "known: hf, openai, rules, vllm"),
        ("openai", "name the model too, openai:MODEL"),
        ("hf:", "name the model too, hf:MODEL"),
        ("", "unknown judge ''"),
    ],
)
def test_a_mistaken_name_is_said_with_what_is_near(name: str, said: str) -> None:
    with pytest.raises(UserError) as raised:
        make_judge(name)
    assert said in str(raised.value)


def test_a_judge_in_process_is_asked_through_no_server() -> None:
    with pytest.raises(UserError, match="--judge-base-url http://a: judge 'hf:m' has no use for it"):
        make_judge("hf:m", base_url="http://a")


def test_a_paper_s_judge_has_its_model_its_decoding_and_the_official_wording_if_there_is_one() -> None:
    official = official_rubric("s", "{question}{answer}{pred}")
    judge = make_judge("paper:rekv", base_url="http://127.0.0.1:9", official=official)
    assert isinstance(judge, OpenAIJudge)
    assert judge.identity.name == "openai:gpt-3.5-turbo-0613"
    assert judge.identity.rubric == official.hash
    assert make_judge("paper:flash-vstream").identity.temperature == 0.002  # type: ignore[union-attr]


def test_a_file_goes_before_the_official_wording(tmp_path: Path) -> None:
    (tmp_path / "p.txt").write_text("{question}{answer}{prediction}")
    official = official_rubric("s", "{question}{answer}{pred}")
    judge = make_judge("openai:m", prompt_file=tmp_path / "p.txt", official=official)
    assert isinstance(judge, OpenAIJudge)
    assert judge.rubric.id == "file"


def test_the_default_is_an_open_model_at_one_revision() -> None:
    kind, _, model = DEFAULT.partition(":")
    assert kind == "hf"
    assert len(model.partition("@")[2]) == 40


def test_judges_are_listed_with_shutdown_dates(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["list", "judges"]) == 0
    out = capsys.readouterr().out
    for name in ("openai:MODEL", "vllm:MODEL", "hf:MODEL[@REVISION]", "rules", *PRESETS):
        assert name in out
    assert "2024-09-13" in out
    assert set(describe_judges()) >= set(PRESETS)


def test_listing_imports_no_client_and_no_model() -> None:
    code = (
        "import sys; from vstreamqa.cli.main import run; assert run(['list', 'judges']) == 0\n"
        "assert not {'openai', 'torch', 'transformers', 'av'} & set(sys.modules), sorted(sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
