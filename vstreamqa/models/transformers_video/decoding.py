"""Greedy decoding, token by token, from whatever a language model has in its cache."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

import torch
from torch import Tensor

from vstreamqa.models.shared.decoding import best_token
from vstreamqa.models.transformers_video.inputs import Positions


class Continuation:
    """A model that has taken in a prompt, and takes in its own answer token by token.

    Args:
        model: of transformers, for conditional generation.
        arguments: of the forward pass that takes in the prompt (`input_ids` or `inputs_embeds`, and pixels).
        positions: of the prompt's tokens.
        cache: what the prompt follows on; it grows. None for an empty one.
    """

    def __init__(self, model: Any, arguments: Mapping[str, Tensor], positions: Positions, *, cache: Any = None) -> None:
        self._model = model
        self._axes = positions.ids.shape[:-1]
        self._next = positions.following
        self._cache = cache
        self.logits = self._forward(arguments, positions.ids)

    def take(self, token: int) -> None:
        """Take in a token."""
        device = self.logits.device
        where = torch.full((*self._axes, 1), self._next)
        self._next += 1
        self.logits = self._forward({"input_ids": torch.tensor([[token]], device=device)}, where)

    def _forward(self, arguments: Mapping[str, Tensor], positions: Tensor) -> Tensor:
        output = self._model(
            **arguments,
            position_ids=positions.to(self._model.device),
            past_key_values=self._cache,
            use_cache=True,
            logits_to_keep=1,
        )
        self._cache = output.past_key_values
        logits: Tensor = output.logits[0, -1]
        return logits


def greedy_tokens(
    continuation: Continuation, *, end: Collection[int], max_new_tokens: int, min_new_tokens: int = 0
) -> Iterator[int]:
    """Yield the most likely continuation, the end token included.

    Args:
        continuation: a model that has taken in the prompt.
        end: tokens that end an answer.
        max_new_tokens: most tokens to yield.
        min_new_tokens: tokens before which the end tokens are held back.

    Raises:
        VStreamQAError: the model gives NaN, as an overflow in half precision does.
    """
    for step in range(1, max_new_tokens + 1):
        token = best_token(continuation.logits, without=end if step <= min_new_tokens else ())
        yield token
        if token in end or step == max_new_tokens:
            return
        continuation.take(token)
