"""The language model as the streaming loop sees it: something that is fed, and tells what it would say next."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import groupby
from typing import Any, Protocol, TypeVar

import torch
from torch import Tensor
from transformers import DynamicCache

from vstreamqa.models.shared.decoding import best_token

FrameT_contra = TypeVar("FrameT_contra", contravariant=True)


class Reading(Protocol):
    """The distribution of the next token."""

    def probability(self, token: int) -> float:
        """Return the probability of a token."""
        ...

    def best(self, *, without: Collection[int] = ()) -> int:
        """Return the most likely token, some left out of account."""
        ...


class Language(Protocol[FrameT_contra]):
    """A language model and the cache of what it was fed."""

    def __len__(self) -> int:
        """Tokens in the cache."""
        ...

    def feed(self, sequence: Sequence[int | FrameT_contra]) -> Reading:
        """Append tokens and frames, in one pass; return what would come next."""
        ...

    def cut(self, length: int) -> None:
        """Forget all but the first so many tokens."""
        ...


class LogitsReading:
    """The distribution of the next token from its logits, float32 [vocabulary]."""

    def __init__(self, logits: Tensor) -> None:
        self._logits = logits

    def probability(self, token: int) -> float:
        """Return the softmax probability of a token."""
        return float(torch.softmax(self._logits, dim=0)[token])

    def best(self, *, without: Collection[int] = ()) -> int:
        """Return the most likely token, some left out of account.

        Raises:
            VStreamQAError: the model gives NaN or infinity, as an overflow in half precision does.
        """
        return best_token(self._logits, without=without)


class CachedLanguage:
    """Llama with the cache of one stream; a frame is its embeddings, [tokens, hidden].

    Positions are those in the cache. The cache only ever grows at its end or is cut there, so that cutting it back
    leaves it as it was.
    """

    def __init__(self, language: Any) -> None:
        self._language = language
        self._cache = DynamicCache()

    def __len__(self) -> int:
        return int(self._cache.get_seq_length())

    @torch.inference_mode()
    def feed(self, sequence: Sequence[int | Tensor]) -> LogitsReading:
        """Append token ids and frames, in one pass; return the distribution behind the last."""
        embedded = self._embed(sequence)
        done = len(self)
        output = self._language(
            inputs_embeds=embedded[None],
            position_ids=torch.arange(done, done + len(embedded), device=embedded.device)[None],
            past_key_values=self._cache,
            use_cache=True,
            logits_to_keep=1,
        )
        return LogitsReading(output.logits[0, -1].to(torch.float32))

    def cut(self, length: int) -> None:
        """Forget all but the first so many tokens."""
        surplus = len(self) - length
        if length == 0:
            self._cache = DynamicCache()
        elif surplus > 0:
            self._cache.crop(-surplus)

    def _embed(self, sequence: Sequence[int | Tensor]) -> Tensor:
        table = self._language.get_input_embeddings()
        parts: list[Any] = []
        for is_text, group in groupby(sequence, key=lambda item: isinstance(item, int)):
            items = list(group)
            parts += [table(torch.tensor(items, device=table.weight.device))] if is_text else items
        return torch.cat(parts)
