from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence

import pytest

from vstreamqa.scoring.judge import cost, known
from vstreamqa.scoring.judge.base import Case, Identity, Opinion
from vstreamqa.scoring.judge.cost import Cost, Usage
from vstreamqa.scoring.judge.known import known_model, known_models
from vstreamqa.scoring.judge.openai_judge import OpenAIJudge
from vstreamqa.scoring.judge.own_rubric import OWN

CASES = [Case("What is it?", ("a dog",), "It is a dog.")] * 10


class Free:
    identity = Identity(name="free")

    def check(self) -> None: ...
    def opinions(self, cases: Sequence[Case]) -> Iterator[tuple[int, Opinion]]:
        return iter(())

    def close(self) -> None: ...


def test_an_estimate_takes_four_characters_for_a_token() -> None:
    found = cost.estimate(CASES, OpenAIJudge("gpt-4.1-mini", base_url="https://api.openai.com/v1"))
    assert found is not None
    characters = sum(len(message["content"]) for message in OWN.messages(CASES[0]))
    assert found.input_tokens == 10 * -(-characters // 4)
    assert found.dollars == pytest.approx((found.input_tokens * 0.4 + found.output_tokens * 1.6) / 1e6)
    assert "about" in found.line()
    assert "unchecked prices: 2025-06-03" in found.line()


def test_an_unknown_price_is_none_and_not_nothing() -> None:
    for judge in (OpenAIJudge("some-model"), OpenAIJudge("gpt-4.1-mini", base_url="http://127.0.0.1:9/v1")):
        found = cost.estimate(CASES, judge)
        assert found is not None
        assert found.dollars is None
        assert found.line().endswith("price not known")


def test_a_judge_of_one_s_own_costs_nothing() -> None:
    assert cost.estimate(CASES, Free()) is None
    assert cost.spent(Free()) is None


def test_replies_that_were_not_counted_have_no_price() -> None:
    usage = Usage()
    usage.add(100, 10)
    usage.add(None, None)
    found = Cost.of("gpt-4.1-mini", usage, official=True, estimated=False)
    assert found.dollars is None
    assert "did not count those of 1" in found.line()


def test_every_price_and_date_names_its_source() -> None:
    for model in known_models().values():
        assert (model.prices_from is None) == (model.input is None) == (model.output is None)
        assert (model.dates_from is None) == (model.shutdown is None)


def test_a_model_is_retired_from_its_shutdown_date_on(monkeypatch: pytest.MonkeyPatch) -> None:
    model = known_model("gpt-3.5-turbo-0125")
    assert model is not None
    for day, retired in (((2026, 10, 22), False), ((2026, 10, 23), True)):
        monkeypatch.setattr(known, "_today", lambda day=day: datetime.date(*day))
        assert (model.retired is not None) == retired
        assert model.when == ("shut down" if retired else "shuts down") + " on 2026-10-23"
