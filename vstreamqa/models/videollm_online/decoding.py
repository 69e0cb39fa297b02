"""Greedy decoding, token by token, into a cache that stays."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from vstreamqa.models.videollm_online.language import Reading

FrameT = TypeVar("FrameT")


def greedy(
    feed: Callable[[Sequence[int | FrameT]], Reading],
    prompt: Sequence[int | FrameT],
    *,
    end: int,
    most: int,
    least: int = 0,
) -> Iterator[int]:
    """Feed a prompt and yield its most likely continuation.

    Args:
        feed: appends to the cache and returns what would come next.
        prompt: token ids and frames.
        end: token that ends a reply.
        most: most tokens to yield.
        least: tokens before which the end token is held back.

    Yields:
        Token ids, the end token included. Every one but the last is fed.
    """
    reading = feed(prompt)
    for count in range(most):
        token = reading.best(without=(end,) if count < least else ())
        yield token
        if token == end:
            return
        if count + 1 < most:
            reading = feed([token])
