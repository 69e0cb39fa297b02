"""What the model makes of a dialogue whose replies are given: likelihoods for the metrics of narrated streams."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn.functional import cross_entropy
from transformers import DynamicCache

from vstreamqa.models.videollm_online.network import Network

_AT_ONCE = 256
"""Positions whose logits are computed together: with Llama 3's vocabulary, 126 MiB in float32."""


@dataclass(frozen=True, slots=True)
class Likelihoods:
    """One entry for each position.

    Attributes:
        losses: cross entropy against the label in nats, float64 [length]; 0 where there is none.
        best: the most likely next token, int64 [length].
        silence: probability of the token that stands for silence, float64 [length].
    """

    losses: npt.NDArray[np.float64]
    best: npt.NDArray[np.int64]
    silence: npt.NDArray[np.float64]


class TeacherForced:
    """A dialogue read by the model, in one pass; what would have come otherwise can be read from any point of it.

    Args:
        network: the model.
        ids: the dialogue, [length], frames as placeholders.
        features: frame tokens of the stream, [frames, tokens, dim], in order; those of the dialogue are its first.
        placeholder: id of the visual placeholder.
        silence: id of the token that stands between frames, and for silence.
    """

    @torch.inference_mode()
    def __init__(
        self, network: Network, ids: Sequence[int], features: Tensor, *, placeholder: int, silence: int
    ) -> None:
        self._network = network
        self._features = features
        self._placeholder = placeholder
        self._silence = silence
        self._cache = DynamicCache()
        row = torch.tensor([list(ids)], device=network.device)
        shown = int((row == placeholder).sum()) // network.layout.frame_tokens
        self._hidden = self._read(row, features[:shown], self._cache)

    @torch.inference_mode()
    def likelihoods(self, labels: Sequence[int]) -> Likelihoods:
        """Hold every position against its label.

        Args:
            labels: already shifted, [length]: what position i is to predict; negative where there is nothing.
        """
        return self._likelihoods(self._hidden, torch.tensor(list(labels), device=self._hidden.device))

    @torch.inference_mode()
    def look_ahead(self, length: int, frames: range) -> Likelihoods:
        """Read what comes after each of some frames, shown in silence after the first positions of the dialogue.

        Args:
            length: how many positions of the dialogue come before them.
            frames: which frames of the stream.

        Returns:
            One entry for each frame; its loss is 0.
        """
        size = self._network.layout.frame_tokens
        row = torch.tensor([[self._silence, *[self._placeholder] * size] * len(frames)], device=self._hidden.device)
        # The whole dialogue's cache is needed again by later turns; it is changed in place.
        cache = copy.deepcopy(self._cache)
        cache.crop(-(cache.get_seq_length() - length))
        hidden = self._read(row, self._features[frames.start : frames.stop], cache)[size :: size + 1]
        return self._likelihoods(hidden, torch.full((len(frames),), -100, device=hidden.device))

    def _read(self, row: Tensor, features: Tensor, cache: DynamicCache) -> Tensor:
        """Append to a cache; return the last hidden states, [length, hidden]."""
        network = self._network
        embedded = network.embed(row, features, placeholder=self._placeholder)
        done = cache.get_seq_length()
        output = network.language.model(
            inputs_embeds=embedded,
            position_ids=torch.arange(done, done + row.shape[1], device=row.device)[None],
            past_key_values=cache,
            use_cache=True,
        )
        hidden: Tensor = output.last_hidden_state[0]
        return hidden

    def _likelihoods(self, hidden: Tensor, labels: Tensor) -> Likelihoods:
        parts = [
            self._read_head(some, wanted)
            for some, wanted in zip(torch.split(hidden, _AT_ONCE), torch.split(labels, _AT_ONCE), strict=True)
        ]
        losses, best, silence = (torch.cat(column).cpu().numpy() for column in zip(*parts, strict=True))
        return Likelihoods(losses.astype(np.float64), best, silence.astype(np.float64))

    def _read_head(self, hidden: Tensor, labels: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        logits = self._network.language.lm_head(hidden).to(torch.float32)
        losses = cross_entropy(logits, labels.clamp(min=-1), ignore_index=-1, reduction="none")
        return losses, logits.argmax(dim=-1), torch.softmax(logits, dim=-1)[:, self._silence]
