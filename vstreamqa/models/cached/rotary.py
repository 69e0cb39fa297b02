"""Keys without their positions, and with others: what lets tokens move up when those before them are forgotten.

Rotary position embeddings turn a key by an angle that its position gives, pair by pair of its numbers; turning it back
gives the key before it had a position. A cache keeps keys that way, and turns them to wherever they stand now: twice
rounded each time, however often they have moved.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from vstreamqa.errors import UserError

_GROWING = ("dynamic", "longrope")
"""Kinds whose angles depend on how long the sequence is."""


class Rotary:
    """The rotary positions of a language model of transformers (Llama, Qwen2, Qwen3 and their like).

    Args:
        language: the language model, without its head.

    Raises:
        UserError: it has none, or such as change with the length of the sequence.
    """

    def __init__(self, language: Any) -> None:
        embedding: Any = getattr(language, "rotary_emb", None)
        kind = getattr(embedding, "rope_type", None)
        if not isinstance(kind, str) or any(name in kind for name in _GROWING):
            raise UserError(f"a cache baseline needs rotary positions of a fixed kind, and the checkpoint has {kind!r}")
        self._embedding = embedding

    def turned(self, keys: Tensor, positions: Tensor) -> Tensor:
        """Give keys their positions.

        Args:
            keys: [heads, tokens, dim], without positions.
            positions: [tokens].
        """
        cosine, sine = self._angles(positions)
        numbers = keys.float()
        return (numbers * cosine + _quarter_turn(numbers) * sine).to(keys.dtype)

    def turned_back(self, keys: Tensor, positions: Tensor) -> Tensor:
        """Take keys' positions from them; the inverse of `turned`."""
        cosine, sine = self._angles(positions)
        numbers = keys.float()
        # Some kinds scale what they turn: the squares of cosine and sine sum up to the scale's square.
        scale = cosine.square() + sine.square()
        return ((numbers * cosine - _quarter_turn(numbers) * sine) / scale).to(keys.dtype)

    def _angles(self, positions: Tensor) -> tuple[Tensor, Tensor]:
        exact = torch.empty(0, dtype=torch.float32, device=positions.device)
        cosine, sine = self._embedding(exact, positions[None])
        return cosine[0], sine[0]


def _quarter_turn(numbers: Tensor) -> Tensor:
    first, second = numbers.chunk(2, dim=-1)
    return torch.cat([-second, first], dim=-1)
