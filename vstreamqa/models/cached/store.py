"""What a session keeps of a stream: keys and values of tokens, keys without their positions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from transformers import DynamicCache

from vstreamqa.models.cached.rotary import Rotary


@dataclass(frozen=True, slots=True)
class Layer:
    """Keys and values of one layer.

    Attributes:
        keys: [heads, tokens, dim], without positions.
        values: [heads, tokens, dim].
    """

    keys: Tensor
    values: Tensor


class Store:
    """Tokens in the order in which they came, of which some may be forgotten.

    A token's position is its place among those that are left: 0, 1, 2, ... without gaps, whatever was forgotten. The
    model so never meets positions beyond the number of tokens that are kept (as attention sinks need it: Xiao et al.,
    https://arxiv.org/abs/2309.17453, section 3.2).

    Attributes:
        layers: keys and values.
        frames: [tokens], number of the frame each token is of, from 0; -1 for tokens of the prompt's head.
        places: [tokens], place of each token within its frame: visual tokens from 0, the text before them from below.
    """

    def __init__(self, rotary: Rotary, device: torch.device) -> None:
        self._rotary = rotary
        self.layers: tuple[Layer, ...] = ()
        self.frames = torch.empty(0, dtype=torch.int64, device=device)
        self.places = torch.empty(0, dtype=torch.int64, device=device)

    def __len__(self) -> int:
        return len(self.frames)

    def copy(self) -> Store:
        """Return a store that stays as this one is now; they share what they hold."""
        other = Store(self._rotary, self.frames.device)
        other.layers, other.frames, other.places = self.layers, self.frames, self.places
        return other

    def cache(self) -> Any:
        """Return a cache of transformers with all tokens at their positions; what is added to it stays out of here."""
        made = DynamicCache()
        positions = torch.arange(len(self), device=self.frames.device)
        for number, layer in enumerate(self.layers):
            made.update(self._rotary.turned(layer.keys, positions)[None], layer.values[None], number)
        return made

    def add(self, cache: Any, *, frame: int, first_visual: int = 0) -> None:
        """Take in the tokens that a cache has beyond those here.

        Args:
            cache: one that `cache` made, and that a model has added to.
            frame: number of the frame they are of; -1 for the prompt's head.
            first_visual: how many of them come before the visual ones.
        """
        before, device = len(self), self.frames.device
        positions = torch.arange(before, cache.get_seq_length(), device=device)
        fresh = [
            Layer(self._rotary.turned_back(layer.keys[0, :, before:], positions), layer.values[0, :, before:])
            for layer in cache.layers
        ]
        self.layers = tuple(_joined(*pair) for pair in zip(self.layers or [None] * len(fresh), fresh, strict=True))
        self.frames = torch.cat([self.frames, torch.full_like(positions, frame)])
        self.places = torch.cat([self.places, torch.arange(len(positions), device=device) - first_visual])

    def keep(self, kept: Tensor) -> None:
        """Forget the tokens for which `kept` [tokens] is false; the others move up."""
        self.layers = tuple(Layer(layer.keys[:, kept], layer.values[:, kept]) for layer in self.layers)
        self.frames, self.places = self.frames[kept], self.places[kept]


def _joined(layer: Layer | None, fresh: Layer) -> Layer:
    if layer is None:
        return Layer(fresh.keys.clone(), fresh.values.clone())
    return Layer(torch.cat([layer.keys, fresh.keys], dim=1), torch.cat([layer.values, fresh.values], dim=1))
