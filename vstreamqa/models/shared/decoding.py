"""Greedy decoding, token by token."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any, Protocol

import torch
from torch import Tensor

from vstreamqa.errors import VStreamQAError


class EmbeddedPrompt(Protocol):
    """A prompt as the language model takes it in."""

    @property
    def embeddings(self) -> Tensor:
        """[1, length, hidden]."""
        ...

    @property
    def position_ids(self) -> Tensor:
        """[..., 1, length]; decoding goes on at the last column's positions, one further with every token."""
        ...


@torch.inference_mode()
def greedy_tokens(
    language: Any, prompt: EmbeddedPrompt, *, end: Collection[int], max_new_tokens: int, min_new_tokens: int = 0
) -> Iterator[int]:
    """Yield the most likely continuation of one prompt, the end token included.

    Args:
        language: a causal language model of transformers.
        prompt: a batch of one.
        end: tokens that end an answer.
        max_new_tokens: most tokens to yield.
        min_new_tokens: tokens before which the end tokens are held back.

    Raises:
        VStreamQAError: the model gives NaN, as an overflow in half precision does.
    """
    inputs: dict[str, Tensor] = {"inputs_embeds": prompt.embeddings}
    position = prompt.position_ids
    cache = None
    for step in range(max_new_tokens):
        output = language(**inputs, position_ids=position, past_key_values=cache, use_cache=True, logits_to_keep=1)
        token = best_token(output.logits[0, -1], without=end if step < min_new_tokens else ())
        yield token
        if token in end:
            return
        cache = output.past_key_values
        inputs = {"input_ids": torch.tensor([[token]], device=output.logits.device)}
        position = position[..., -1:] + 1


def best_token(logits: Tensor, *, without: Collection[int] = ()) -> int:
    """Return the most likely token, some left out of account.

    Args:
        logits: [vocabulary]; they stay as they are.
        without: tokens left out.

    Raises:
        VStreamQAError: the model gives NaN or infinity, as an overflow in half precision does.
    """
    if without:
        logits = logits.clone()
        logits[list(without)] = -torch.inf
    highest, best = logits.max(dim=0)  # a NaN anywhere is the maximum
    if not torch.isfinite(highest):
        raise VStreamQAError("the model's logits are not finite; try --dtype float32, and check its input")
    return int(best)
