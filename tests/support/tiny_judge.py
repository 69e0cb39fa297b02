"""A tiny chat model with random weights: every byte is a token, but for the words that templates mark turns with."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

from vstreamqa.models.shared.tiny_tokenizer import byte_letters, learn

SPACE = "\N{LATIN CAPITAL LETTER G WITH DOT ABOVE}"
"""What byte-level tokenizers write for one."""

CHATML = (
    "{% for message in messages %}<|im_start|>{{ message['role'] }}\n{{ message['content'] | trim }}<|im_end|>\n"
    "{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
NO_SYSTEM = (
    "{% for message in messages %}{% if message['role'] == 'system' %}{{ raise_exception('no system role here') }}"
    "{% endif %}<|im_start|>{{ message['role'] }}\n{{ message['content'] }}<|im_end|>\n{% endfor %}"
    "<|im_start|>assistant{{ '\n' }}"
)
DROPS_SYSTEM = (
    "{% for message in messages if message['role'] != 'system' %}<|im_start|>{{ message['role'] }}\n"
    "{{ message['content'] }}<|im_end|>\n{% endfor %}<|im_start|>assistant{{ '\n' }}"
)
THINKS = CHATML + "{% if enable_thinking is false %}<think>\n\n</think>\n\n{% endif %}"


def make_tiny_judge(
    folder: Path,
    *,
    template: str | None = CHATML,
    window: int = 8192,
    seed: int = 0,
    shard: str = "10GB",
    words: tuple[str, ...] = (),
) -> Path:
    """Write a checkpoint.

    Args:
        folder: where.
        template: of its chat, None for none.
        window: most tokens.
        seed: of the weights.
        shard: largest file of weights.
        words: what the tokenizer knows as a whole.
    """
    tokenizer = make_tokenizer(template, words)
    torch.manual_seed(seed)
    config = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=window,
    )
    model = LlamaForCausalLM(config)
    with torch.no_grad():
        # Larger than usual, so that words make a difference.
        for weight in model.parameters():
            weight.copy_(torch.randn_like(weight) * 0.3)
    model.save_pretrained(folder, max_shard_size=shard)
    tokenizer.save_pretrained(folder)
    return folder


def make_tokenizer(template: str | None = CHATML, words: tuple[str, ...] = ()) -> Any:
    vocabulary = byte_letters()
    merges = learn(vocabulary, (word.replace(" ", SPACE) for word in words))
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=merges))
    # Without pre-tokenization by a pattern, words may reach over quotes and spaces.
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens([AddedToken(word, special=True) for word in ("<|im_start|>", "<|im_end|>")])
    # Control tokens of some models are not marked as special.
    tokenizer.add_tokens([AddedToken(word, special=False) for word in ("<think>", "</think>", "<|user|>", "  ")])
    fast: Any = PreTrainedTokenizerFast(tokenizer_object=tokenizer, eos_token="<|im_end|>")  # type: ignore[no-untyped-call]
    fast.chat_template = template
    return fast
