"""The abstract memory: a fixed number of frames into which newer ones are mixed by attention."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn


class AbstractAttention(nn.Module):
    """Query and key projections of the abstract ("Turing") memory.

    Attributes:
        update_ratio: share of a memory token that a chunk of new frames replaces.
    """

    def __init__(self, dim: int, hidden: int, update_ratio: float) -> None:
        super().__init__()
        self.q_proj = nn.Linear(dim, hidden)
        self.k_proj = nn.Linear(dim, hidden)
        self.update_ratio = update_ratio

    def forward(self, frames: Tensor, length: int) -> Tensor:
        """Keep the first frames and mix the later ones into them.

        With M the memory's tokens and Y a chunk's, A = softmax(q(M) k(Y)^T / sqrt(hidden)) and
        M <- M (1 - r sum_j A_j) + r A Y, chunk by chunk.

        Args:
            frames: [frames, tokens, dim], the old memory first.
            length: frames to keep; also the frames of a chunk.

        Returns:
            [min(frames, length), tokens, dim].
        """
        if len(frames) <= length:
            return frames
        memory = frames[:length].flatten(0, 1)
        for chunk in torch.split(frames[length:], length):
            memory = self._mix(memory, chunk.flatten(0, 1))
        return memory.reshape(length, *frames.shape[1:])

    def _mix(self, memory: Tensor, tokens: Tensor) -> Tensor:
        queries, keys = self.q_proj(memory), self.k_proj(tokens)
        attention = torch.softmax(queries @ keys.T / math.sqrt(keys.shape[-1]), dim=-1)
        update = self.update_ratio * attention
        return memory * (1 - update.sum(dim=-1, keepdim=True)) + update @ tokens
