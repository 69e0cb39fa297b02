from types import SimpleNamespace
from typing import Any

import pytest
import torch
from transformers import LlamaConfig, Qwen2Config
from transformers.models.llama.modeling_llama import LlamaRotaryEmbedding, apply_rotary_pos_emb
from transformers.models.qwen2.modeling_qwen2 import Qwen2RotaryEmbedding

from vstreamqa.errors import UserError
from vstreamqa.models.cached.rotary import Rotary

SIZES: dict[str, Any] = {"hidden_size": 64, "num_attention_heads": 4, "max_position_embeddings": 4096}
PLAIN = LlamaRotaryEmbedding(LlamaConfig(**SIZES))
YARN = Qwen2RotaryEmbedding(
    Qwen2Config(**SIZES, rope_parameters={"rope_type": "yarn", "rope_theta": 1e4, "factor": 4.0})
)
KEYS = torch.randn(2, 9, 16, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize("embedding", [PLAIN, YARN])
def test_keys_are_turned_as_the_model_turns_them(embedding: Any) -> None:
    positions = torch.tensor([0, 1, 2, 7, 100, 101, 900, 2000, 4000])
    cosine, sine = embedding(KEYS, positions[None])
    _, expected = apply_rotary_pos_emb(KEYS[None], KEYS[None], cosine, sine)
    turned = Rotary(SimpleNamespace(rotary_emb=embedding)).turned(KEYS, positions)
    torch.testing.assert_close(turned, expected[0], rtol=0, atol=1e-5)


@pytest.mark.parametrize("embedding", [PLAIN, YARN])
def test_turning_back_undoes_turning(embedding: Any) -> None:
    rotary = Rotary(SimpleNamespace(rotary_emb=embedding))
    positions = torch.arange(1000, 1009)
    torch.testing.assert_close(rotary.turned_back(rotary.turned(KEYS, positions), positions), KEYS, rtol=0, atol=1e-5)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_keys_keep_their_type_and_are_rounded_twice_only(dtype: torch.dtype) -> None:
    rotary, keys = Rotary(SimpleNamespace(rotary_emb=PLAIN)), KEYS.to(dtype)
    here, there = torch.arange(9), torch.arange(3000, 3009)
    moved = rotary.turned(rotary.turned_back(rotary.turned(keys, here), here), there)
    assert moved.dtype == dtype
    torch.testing.assert_close(moved, rotary.turned(keys, there), rtol=0, atol=4 * torch.finfo(dtype).eps)


@pytest.mark.parametrize(
    "language", [SimpleNamespace(), SimpleNamespace(rotary_emb=SimpleNamespace(rope_type="dynamic"))]
)
def test_other_positions_are_refused(language: Any) -> None:
    with pytest.raises(UserError, match="needs rotary positions of a fixed kind"):
        Rotary(language)
