import re
from typing import Any

import pytest
import torch
from torch import Tensor
from videollm_online_golden import cases, clip_tokens, facts, layout, live, loaded, original_text, tensor_names, tensors

from vstreamqa.models.videollm_online.decoding import greedy
from vstreamqa.models.videollm_online.dialogue import Layout
from vstreamqa.models.videollm_online.language import CachedLanguage
from vstreamqa.models.videollm_online.lora import UpdatedLinear
from vstreamqa.models.videollm_online.vision import frame_tokens, normalise

VISION = 1e-5
CONNECTOR = 2e-5
LOGITS = 2e-4

KINDS = [name for name in tensor_names("vision") if name.startswith("tokens_")]


def assert_close(found: Tensor, expected: Tensor, tolerance: float) -> None:
    torch.testing.assert_close(found, expected, rtol=0, atol=tolerance)


def layout_of(name: str) -> Layout:
    """Read how many tokens a frame has from the name of a recording."""
    grid = re.search(r"pool(\d+)x(\d+)", name)
    return Layout("_cls" in name, None if grid is None else (int(grid[1]), int(grid[2])), ",")


def pixels() -> Tensor:
    return tensors("vision")["frames_uint8"].permute(0, 2, 3, 1)


def logits(ids: Tensor, features: Tensor, mask: Tensor, *, merge: bool = True) -> Tensor:
    network = loaded(merge=merge).network
    embedded = network.embed(ids, features, placeholder=live()["v_placeholder_id"])
    found: Tensor = network.language(inputs_embeds=embedded, attention_mask=mask).logits
    return found


@torch.inference_mode()
def test_golden_vision_tower() -> None:
    patches, pooled = loaded().network.tower(normalise(pixels()))
    assert_close(patches, tensors("vision")["last_hidden_state"], VISION)
    assert_close(pooled, tensors("vision")["pooler_output"], VISION)


@pytest.mark.parametrize("name", KINDS)
@torch.inference_mode()
def test_golden_frame_tokens(name: str) -> None:
    patches, pooled = loaded().network.tower(normalise(pixels()))
    assert_close(frame_tokens(patches, pooled, layout_of(name)), tensors("vision")[name], VISION)


@torch.inference_mode()
def test_golden_connector() -> None:
    recorded = tensors("connector")
    network = loaded().network
    assert_close(network.project(recorded["input"]), recorded["output"], CONNECTOR)
    embedded = network.project(network.frame_tokens(pixels())).flatten(0, 1)
    assert_close(embedded, recorded["visual_embed_from_frames"], CONNECTOR)


@torch.inference_mode()
def test_golden_joint_embedding() -> None:
    recorded = tensors("logits")
    found = loaded().network.embed(
        recorded["input_ids"], recorded["frame_features"], placeholder=live()["v_placeholder_id"]
    )
    assert_close(found, recorded["inputs_embeds"], CONNECTOR)


@pytest.mark.parametrize("merge", [True, False])
@torch.inference_mode()
def test_golden_logits(merge: bool) -> None:
    recorded = tensors("logits")
    found = logits(recorded["input_ids"], recorded["frame_features"], recorded["attention_mask"], merge=merge)
    assert_close(found[:, recorded["logit_positions"]], recorded["logits"], LOGITS)


@pytest.mark.parametrize("merge", [True, False])
@torch.inference_mode()
def test_golden_logits_of_a_padded_batch(merge: bool) -> None:
    recorded = tensors("logits")
    found = logits(
        recorded["batch_input_ids"], recorded["batch_frame_features"], recorded["batch_attention_mask"], merge=merge
    )
    assert_close(found[:, -1], recorded["batch_last_logits"], LOGITS)


@torch.inference_mode()
def test_golden_logits_without_the_updates() -> None:
    recorded = tensors("logits")
    expected = recorded["last_logits_without_lora"]
    updated = [module for module in loaded(merge=False).network.language.modules() if isinstance(module, UpdatedLinear)]
    before = [module.scaling for module in updated]
    try:
        for module in updated:
            module.scaling = 0.0
        found = logits(recorded["input_ids"], recorded["frame_features"], recorded["attention_mask"], merge=False)
    finally:
        for module, scaling in zip(updated, before, strict=True):
            module.scaling = scaling
    assert_close(found[:, -1], expected, LOGITS)
    assert not torch.allclose(expected, recorded["logits"][:, -1], atol=0.1)


@pytest.mark.parametrize("number", range(len(cases("offline_generate"))))
@torch.inference_mode()
def test_golden_offline_answer(number: int) -> None:
    case: dict[str, Any] = facts("offline_generate")[number]
    features = tensors("offline_generate")[f"frame_features_{number}"]
    network, tokenizer = loaded().network, loaded().tokenizer
    first = case["frame_offset"]
    assert_close(features, clip_tokens()[first : first + case["num_frames"]], VISION)
    assert tokenizer.encode_dialogue(case["prompt_text"])[0] == case["input_ids"]

    prompt: list[int | Tensor] = []
    frames, size = iter(network.project(features)), layout().frame_tokens
    placeholders = 0
    for token in case["input_ids"]:
        if token != tokenizer.placeholder_id:
            prompt.append(token)
            continue
        if placeholders % size == 0:
            prompt.append(next(frames))
        placeholders += 1
    answer = list(
        greedy(CachedLanguage(network.language).feed, prompt, end=tokenizer.eos_id, most=len(case["output_ids"]))
    )

    assert answer == case["output_ids"]
    assert original_text(answer) == case["output_text"]
