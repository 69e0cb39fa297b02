"""Verdicts from likelihoods, against whole forward passes and against models that say what they are told to."""

from __future__ import annotations

import json
import math
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from tiny_judge import make_tiny_judge, make_tokenizer
from torch import nn

from vstreamqa.errors import VStreamQAError
from vstreamqa.scoring.judge.likelihood.chat import Chat, Prompt
from vstreamqa.scoring.judge.likelihood.network import Network
from vstreamqa.scoring.judge.likelihood.reading import DICT_REPLY, JSON_REPLY, Reading, ReplyForm, read_verdict

TURNS = [{"role": "user", "content": "Is it red?"}]


WORDS = (": 5", '"y', '"yes', '"yes",', '"no', "'yes',", ', "')
"""What a tokenizer may know as a whole: a verdict then is another token with what stands before and after it."""


@cache
def tokenizer(words: tuple[str, ...] = ()) -> Any:
    return make_tokenizer(words=words)


def prompt_of(text: str, words: tuple[str, ...] = ()) -> Prompt:
    return Chat(tokenizer(words), TURNS).prompt([{"role": "user", "content": text}])


@cache
def model_knowing(words: tuple[str, ...], folder: Path) -> Any:
    from transformers import AutoModelForCausalLM

    model: Any = AutoModelForCausalLM.from_pretrained(make_tiny_judge(folder, words=words))
    return model.eval()


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return model_knowing((), tmp_path_factory.mktemp("judge"))


def shares(model: Any, words: tuple[str, ...], texts: list[str]) -> list[float]:
    """Probabilities of texts that begin alike, each from one pass over all of it."""
    ids = [tokenizer(words)(text, add_special_tokens=False)["input_ids"] for text in texts]
    start = next(place for place, alike in enumerate(zip(*ids, strict=False)) if len(set(alike)) > 1)
    logs = []
    for each in ids:
        with torch.inference_mode():
            following = model(input_ids=torch.tensor([each])).logits.double().log_softmax(-1)[0]
        logs.append(sum(float(following[place - 1, each[place]]) for place in range(start, len(each))))
    weights = [math.exp(log - max(logs)) for log in logs]
    return [weight / sum(weights) for weight in weights]


@pytest.mark.parametrize("form", [JSON_REPLY, DICT_REPLY])
@pytest.mark.parametrize("question", ["Is it red?", "Is the door open? " * 9])
@pytest.mark.parametrize("words", [(), WORDS])
def test_the_arithmetic_is_that_of_whole_forward_passes(
    tmp_path_factory: pytest.TempPathFactory, form: ReplyForm, question: str, words: tuple[str, ...]
) -> None:
    model = model_knowing(words, tmp_path_factory.mktemp("judge"))
    reading = read_verdict(Network(model), prompt_of(question, words), form)
    before = tokenizer(words).apply_chat_template(
        [{"role": "user", "content": question}], tokenize=False, add_generation_prompt=True
    )
    yes, no = shares(model, words, [before + form.opening + word for word in (form.yes, form.no)])
    assert (reading.yes, reading.no) == (round(yes, 4), round(no, 4))
    said = before + form.opening + (form.yes if yes > no else form.no) + form.between
    scores = shares(model, words, [f"{said}{score}" for score in range(6)])
    assert reading.scores == tuple(round(share, 4) for share in scores)
    assert reading.score == pytest.approx(sum(k * share for k, share in enumerate(scores)), abs=1e-4)


def test_a_tokenizer_that_joins_the_verdict_to_what_stands_around_it_is_taken_at_its_word() -> None:
    opened, said = (prompt_of("?", WORDS).followed_by(text) for text in ('{"verdict": "', '{"verdict": "yes", "score'))
    assert said[: len(opened)] != opened


def test_a_model_that_keeps_nothing_is_read_from_the_start(model: Any) -> None:
    class Forgetful:
        config, device = model.config, model.device

        def forward(self, input_ids: Any, past_key_values: Any, use_cache: bool) -> Any:
            assert past_key_values is None
            return SimpleNamespace(logits=model(input_ids=input_ids).logits)

        __call__ = forward

    prompt = prompt_of("Is it red?")
    assert read_verdict(Network(Forgetful()), prompt, JSON_REPLY) == read_verdict(Network(model), prompt, JSON_REPLY)


SPELT = {'"y': "e", '"ye': "s", '"yes': '"', '"n': "o", '"no': '"'}
"""How words that have begun go on."""


class Scripted(nn.Module):
    """Finds likely to come next what a script says of the end of what it has read; every byte is a token."""

    def __init__(self, script: dict[str, dict[str, float]]) -> None:
        super().__init__()
        self.script = {end: {letter: 1.0} for end, letter in SPELT.items()} | script
        self.config = SimpleNamespace(get_text_config=lambda: SimpleNamespace(max_position_embeddings=None))
        self.device = torch.device("cpu")

    def forward(self, input_ids: Any, past_key_values: Any, use_cache: bool) -> Any:
        text = tokenizer().decode(input_ids[0])
        logits = torch.full((1, input_ids.shape[1], len(tokenizer())), -1e9)
        (following,) = [following for end, following in self.script.items() if text.endswith(end)]
        for letter, share in following.items():
            logits[0, -1, tokenizer().convert_tokens_to_ids(letter)] = math.log(share)
        return SimpleNamespace(logits=logits)


def verdict(
    first: dict[str, float], *, after_yes: dict[str, float] | None = None, after_no: dict[str, float] | None = None
) -> Reading:
    script = {
        '"verdict": "': first,
        '"yes", "score": ': after_yes or {"5": 1.0},
        '"no", "score": ': after_no or {"0": 1.0},
    }
    return read_verdict(Network(Scripted(script)), prompt_of("?"), JSON_REPLY)


def test_the_likelier_verdict_is_given_and_the_score_is_an_expectation_after_it() -> None:
    reading = verdict({"y": 0.3, "n": 0.1, "m": 0.6}, after_yes={"5": 0.5, "4": 0.25, "3": 0.25})
    assert (reading.yes, reading.no) == (0.75, 0.25), "normalised over the two"
    assert list(reading.scores) == [0, 0, 0, 0.25, 0.25, 0.5]
    opinion = reading.opinion()
    assert (opinion.correct, opinion.score, opinion.error) == (True, 4.25, None)
    assert opinion.raw is not None
    assert json.loads(opinion.raw) == {"yes": 0.75, "no": 0.25, "scores": [0, 0, 0, 0.25, 0.25, 0.5]}
    assert verdict({"y": 0.2, "n": 0.3}, after_no={"1": 1.0}).opinion().score == 1


def test_of_two_verdicts_alike_none_is_that_the_answer_is_right() -> None:
    opinion = verdict({"y": 0.5, "n": 0.5}).opinion()
    assert (opinion.correct, opinion.score) == (False, 0)


def test_a_model_sure_beyond_what_numbers_hold_is_sure() -> None:
    reading = verdict({"y": 1.0, "n": 1e-300})
    assert (reading.yes, reading.no, reading.score) == (1, 0, 5)


def test_a_prompt_longer_than_the_window_is_no_verdict(model: Any) -> None:
    with pytest.raises(VStreamQAError, match=r"the prompt has \d+ tokens, and the model reads at most 8192"):
        read_verdict(Network(model), prompt_of("red " * 3000), JSON_REPLY)


def test_likelihoods_that_are_no_numbers_are_no_verdict() -> None:
    class Broken(Scripted):
        def forward(self, input_ids: Any, past_key_values: Any, use_cache: bool) -> Any:
            return SimpleNamespace(logits=torch.full((1, 1, len(tokenizer())), math.nan))

    with pytest.raises(VStreamQAError, match="no numbers"):
        read_verdict(Network(Broken({})), prompt_of("?"), JSON_REPLY)


def test_the_window_is_what_the_config_says(model: Any) -> None:
    assert Network(model).window == 8192
    assert Network(Scripted({})).window is None
