from typing import Any

import pytest
from videollm_online_golden import cases, dialogue, facts, layout, live, loaded

from vstreamqa.models.videollm_online.dialogue import SYSTEM, render
from vstreamqa.models.videollm_online.tokens import stream_tokens

CONVERSATIONS = cases("tokenization", "conversations")


def text_of(conversation: list[dict[str, Any]]) -> str:
    tokenizer = loaded().tokenizer
    return "".join(render(dialogue(conversation), layout(), bos=tokenizer.bos, eos=tokenizer.eos))


def test_golden_special_tokens() -> None:
    tokenizer, tokens = loaded().tokenizer, stream_tokens(loaded().tokenizer, layout())
    assert live()["system_prompt"] == SYSTEM
    assert layout().frame_tokens == live()["frame_num_tokens"]
    assert len(tokenizer) == live()["len_tokenizer"]
    assert tokenizer.placeholder_id == live()["v_placeholder_id"]
    assert tokenizer.bos_id == live()["bos_token_id"]
    assert tokens.end == live()["eos_token_id"]
    assert tokens.silence == live()["frame_token_interval_id"]
    assert tokens.speech == live()["bracket_newline_id"]


def test_golden_inference_prompts() -> None:
    prompts = facts("tokenization")["inference_prompts"]
    tokenizer, tokens = loaded().tokenizer, stream_tokens(loaded().tokenizer, layout())
    assert list(tokens.start) == prompts["start_ids"]
    assert list(tokens.stream) == prompts["stream_prompt_ids"]
    assert list(tokens.speak) == prompts["stream_generation_ids"]
    assert {text: list(tokens.query(text)) for text in prompts["query_ids"]} == prompts["query_ids"]
    assert tokenizer.encode_dialogue(layout().frame_text)[0] == prompts["frame_placeholder_ids"]
    for name, ids in (("start", tokens.start), ("stream_prompt", tokens.stream), ("stream_generation", tokens.speak)):
        assert tokenizer.encode_dialogue(prompts["texts"][name])[0] == list(ids)


@pytest.mark.parametrize("number", range(len(CONVERSATIONS)))
def test_golden_rendering(number: int) -> None:
    case = CONVERSATIONS[number]
    assert text_of(case["conversation"]) == case["text"]
    assert loaded().tokenizer.encode_dialogue(case["text"])[0] == case["input_ids"]


def test_golden_generation_prompt() -> None:
    case = facts("tokenization")["generation_prompt_example"]
    ends_with_frames = case["conversation"][-1]["role"] == "stream"
    text = text_of(case["conversation"])
    assert ends_with_frames
    assert f"{text}\nAssistant:" == case["text"]
    assert loaded().tokenizer.encode_dialogue(case["text"])[0] == case["input_ids"]
