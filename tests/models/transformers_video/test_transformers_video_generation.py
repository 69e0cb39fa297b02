"""Our decoding against transformers' own `generate`, on every family."""

from dataclasses import replace
from typing import Any

import pytest
import torch
from transformers_video_tiny import (
    NAMES,
    ON_THREE_AXES,
    QUESTION,
    STREAM,
    Prepared,
    noise,
    prepared,
    say,
    tiny_model,
    view_of,
    watching,
)

from vstreamqa.errors import VStreamQAError
from vstreamqa.models.base import Generation, Prompt
from vstreamqa.models.transformers_video.decoding import Continuation, greedy_tokens

TOKENS = 10


def ours(asked: Prepared, tokens: int = TOKENS, least: int = 0) -> list[int]:
    with torch.inference_mode():
        arguments = {"input_ids": torch.tensor([asked.ids]), **asked.visual.tensors}
        continuation = Continuation(asked.loaded.model, arguments, asked.positions)
        return list(greedy_tokens(continuation, end=asked.loaded.end, max_new_tokens=tokens, min_new_tokens=least))


@pytest.mark.parametrize("family", NAMES)
@pytest.mark.parametrize("frames", [1, 5])
def test_answers_are_those_of_generate(family: str, frames: int) -> None:
    options = {"positions": "installed"} if family in ON_THREE_AXES else {}
    asked = prepared(tiny_model(family, **options), view_of(noise(frames, seed=frames)))
    assert ours(asked) == asked.generated(TOKENS)


@pytest.mark.parametrize("family", NAMES)
def test_answers_without_a_video_are_those_of_generate(family: str) -> None:
    asked = prepared(tiny_model(family), view_of(noise(0)))
    assert ours(asked) == asked.generated(TOKENS)


@pytest.mark.parametrize("family", ON_THREE_AXES)
def test_answers_with_the_released_positions_are_those_of_generate_given_them(
    family: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = prepared(tiny_model(family), view_of(noise(9)))
    length = len(asked.ids)

    def released(*_: Any, **__: Any) -> tuple[torch.Tensor, torch.Tensor]:
        return asked.positions.ids, torch.tensor([[asked.positions.following - length]])

    monkeypatch.setattr(asked.loaded.model.model, "get_rope_index", released)
    assert ours(asked) == asked.generated(TOKENS)


@pytest.mark.parametrize("family", NAMES)
def test_a_question_leaves_nothing_in_the_model(family: str) -> None:
    # Qwen's models remember how far positions ran ahead of tokens.
    model = tiny_model(family)
    seeing = watching(model, noise(6))
    first = say(model.open(STREAM))
    assert say(seeing)
    assert say(model.open(STREAM)) == first


def test_an_answer_ends_at_an_end_token_unless_it_is_held_back() -> None:
    asked = prepared(tiny_model("llava_onevision"), view_of(noise(4)))
    free = ours(asked)
    asked = replace(asked, loaded=replace(asked.loaded, end=frozenset([free[2]])))
    assert ours(asked) == free[:3]
    assert len(ours(asked, tokens=1)) == 1
    held = ours(asked, least=6)
    assert len(held) >= 6
    assert held[:2] == free[:2]
    assert not set(held[:6]) & asked.loaded.end


def test_pieces_come_one_by_one_and_are_counted() -> None:
    opened = watching(tiny_model("qwen2_vl"), noise(4))
    for length in (1, 5, 9):
        answer = list(opened.ask(Prompt(text=QUESTION), Generation(max_new_tokens=length, min_new_tokens=length)))
        assert sum(piece.tokens for piece in answer) == length
        assert all(piece.tokens == 1 for piece in answer[:length])


def test_an_answer_costs_nothing_beyond_what_was_taken_of_it() -> None:
    model = tiny_model("internvl")
    opened, steps = watching(model, noise(2)), []
    network = model._answers._loaded.model
    handle = network.register_forward_pre_hook(lambda *_: steps.append(1))
    answer = opened.ask(Prompt(text=QUESTION), Generation(max_new_tokens=50, min_new_tokens=50))
    assert not steps
    next(answer)
    next(answer)
    answer.close()  # type: ignore[attr-defined]
    handle.remove()
    assert len(steps) == 2


def test_what_is_not_finite_is_an_error() -> None:
    asked = prepared(tiny_model("smolvlm"), view_of(noise(2)))
    broken = {
        name: tensor * torch.nan if tensor.is_floating_point() else tensor
        for name, tensor in asked.visual.tensors.items()
    }
    continuation = Continuation(asked.loaded.model, {"input_ids": torch.tensor([asked.ids]), **broken}, asked.positions)
    with pytest.raises(VStreamQAError, match="not finite"):
        list(greedy_tokens(continuation, end=asked.loaded.end, max_new_tokens=3))
