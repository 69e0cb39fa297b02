"""A real OpenAI-compatible server, `transformers serve`, with a tiny model whose replies are junk."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from transformers_serve import transformers_serve

from vstreamqa.scoring.judge.base import Case, JudgeUnavailableError
from vstreamqa.scoring.judge.openai_judge import OpenAIJudge

for needed in ("fastapi", "uvicorn"):
    pytest.importorskip(needed, reason=f"`transformers serve` needs {needed}: pip install 'transformers[serving]'")


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from tiny_llava import make_tiny_llava

    return make_tiny_llava(tmp_path_factory.mktemp("tiny-llava"))


@pytest.fixture(scope="module")
def url(checkpoint: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with transformers_serve(checkpoint, tmp_path_factory.mktemp("serve") / "log") as url:
        yield url


def test_junk_is_an_error_of_its_case_and_the_same_every_time(url: str, checkpoint: Path) -> None:
    judge = OpenAIJudge(str(checkpoint), base_url=url, max_tokens=8)
    judge.check()
    cases = [Case("What is it?", ("a dog",), f"It is animal {k}.") for k in range(6)]
    first, second = (dict(judge.opinions(cases)) for _ in range(2))
    assert sorted(first) == list(range(6))
    for opinion in first.values():
        assert (opinion.correct, opinion.score) == (None, None)
        assert opinion.error is not None
        assert opinion.error.startswith("the reply ")
        assert opinion.raw is not None
        assert opinion.output_tokens == 8
    assert first == second
    assert judge.spent.requests == 13
    assert judge.identity.revision is not None


def test_another_model_than_the_one_it_serves_is_no_judge(url: str) -> None:
    with pytest.raises(JudgeUnavailableError, match="nobody/none") as raised:
        OpenAIJudge("nobody/none", base_url=url).check()
    assert "\n" not in str(raised.value)
