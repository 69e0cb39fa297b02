"""The likelihood of what may follow a prompt, under a causal language model."""

from __future__ import annotations

import copy
import inspect
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor


@dataclass(frozen=True, slots=True)
class State:
    """A model that has read something.

    Attributes:
        ids: what it has read.
        cache: what it keeps of that; None of a model that gives away nothing that could be used again.
        next: log probability of every token to come next, float32, shape (vocabulary,).
    """

    ids: tuple[int, ...]
    cache: Any
    next: Tensor


class Network:
    """A causal language model of transformers that reads one text at a time, so that no other can change a digit."""

    def __init__(self, model: Any) -> None:
        self._model = model
        named = inspect.signature(model.forward).parameters
        # Without it, the model computes the vocabulary's logits for every token of the prompt.
        self._options = {"logits_to_keep": 1} if "logits_to_keep" in named else {}

    @property
    def window(self) -> int | None:
        """Most tokens the model was made for, None if its config does not say."""
        most = getattr(self._model.config.get_text_config(), "max_position_embeddings", None)
        return int(most) if isinstance(most, int) and most > 0 else None

    @torch.inference_mode()
    def read(self, ids: Sequence[int], *, after: State | None = None) -> State:
        """Read tokens, at least one.

        Args:
            ids: the tokens.
            after: what was read before them; it stays as it is.
        """
        before = () if after is None else after.ids
        if after is not None and after.cache is None:
            return self.read((*before, *ids))
        cache = None if after is None else copy.deepcopy(after.cache)
        given = torch.tensor([list(ids)], device=self._model.device)
        out = self._model(input_ids=given, past_key_values=cache, use_cache=True, **self._options)
        following = torch.log_softmax(out.logits[0, -1].float(), dim=-1)
        return State((*before, *ids), getattr(out, "past_key_values", None), following)

    def log_likelihood(self, state: State, tokens: Sequence[int]) -> float:
        """Return the natural logarithm of the probability that exactly these tokens come next."""
        total = 0.0
        for place, token in enumerate(tokens, 1):
            total += float(state.next[token])
            if place < len(tokens):
                state = self.read((token,), after=state)
        return total
