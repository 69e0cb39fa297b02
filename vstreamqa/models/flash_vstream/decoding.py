"""Greedy decoding, token by token, and the text that grows with it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Any

import torch
from torch import Tensor

from vstreamqa.errors import VStreamQAError
from vstreamqa.models.base import Piece
from vstreamqa.models.flash_vstream.splicing import Sequences

_UNFINISHED = "\N{REPLACEMENT CHARACTER}"


@torch.inference_mode()
def greedy_tokens(
    language: Any, prompt: Sequences, *, end: Collection[int], max_new_tokens: int, min_new_tokens: int = 0
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
        logits = output.logits[0, -1]
        if step < min_new_tokens:
            logits[list(end)] = -torch.inf
        highest, best = logits.max(dim=0)  # a NaN anywhere is the maximum
        if not torch.isfinite(highest):
            raise VStreamQAError("the model's logits are not finite; try --dtype float32, and check its input")
        token = int(best)
        yield token
        if token in end:
            return
        cache = output.past_key_values
        inputs = {"input_ids": torch.tensor([[token]], device=logits.device)}
        position = position[:, -1:] + 1


class GrowingText:
    """Detokenises a growing sequence into pieces that join to the text of the whole.

    Surrounding white space is not part of the text. What may still change is held back: trailing white space, and
    bytes that may belong to an unfinished character.

    Args:
        decode: turns tokens into text, leaving special tokens out.
        is_byte: whether a token stands for a single byte.
    """

    def __init__(self, decode: Callable[[list[int]], str], is_byte: Callable[[int], bool]) -> None:
        self._decode = decode
        self._is_byte = is_byte
        self._tokens: list[int] = []
        self._text = ""
        self._told = 0

    def add(self, token: int) -> str:
        """Take in a token; return the text that is certain now and was not before."""
        self._tokens.append(token)
        before, self._text = self._text, self._decode(self._tokens).strip()
        # A token without text (a special one) leaves an unfinished character unfinished.
        if self._text == before or self._is_byte(token) or self._text.endswith(_UNFINISHED):
            return ""
        return self.finish()

    def finish(self) -> str:
        """Return what was still held back."""
        piece, self._told = self._text[self._told :], len(self._text)
        return piece


def pieces(tokens: Iterable[int], text: GrowingText) -> Iterator[Piece]:
    """Turn tokens into pieces as they come: one for each token, and one for what was held back to the end."""
    for token in tokens:
        yield Piece(text.add(token), 1)
    rest = text.finish()
    if rest:
        yield Piece(rest, 0)
